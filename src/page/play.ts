import type { CaseData } from '../html/case.js';
import type { RaceData } from '../html/data.js';
import { askedRanges, type Frame, type Run, runOf } from '../html/run.js';
import type { Vmas } from '../model/address-space.js';
import { machine } from '../model/plan.js';
import { releaseByRef } from '../model/releases/variant.js';
import { NOT_FOLLOWED } from '../model/state.js';
import { data } from './data.js';

const runs = new Map<string, Run>();
const keyOf = (at: number, release: string): string => `${at} ${release}`;
// A release that is no part of the model was run when the page was made.
for (const { at, run } of data.recorded) runs.set(keyOf(at, run.release), run);

/** A case on any release: run once, then remembered. */
export function played(one: CaseData, at: number, release: string): Run {
  const key = keyOf(at, release);
  const run = runs.get(key) ?? runOf(one, machine(releaseByRef(release)));
  runs.set(key, run);
  return run;
}

/** A race as it was recorded; it is not run again. */
export function playedRace(race: RaceData): Run {
  let vmas: Vmas = race.before;
  const start: Frame = {
    name: 'before the race',
    kernel: '',
    vmas,
    mapCount: vmas.length,
    limit: race.limit,
    pages: NOT_FOLLOWED,
    notable: true,
  };
  const frames = race.moments.map((moment): Frame => {
    const { thread, step, kernel, mapCount, limit, result, notable } = moment;
    const deed = race.threads[thread];
    vmas = moment.vmas ?? vmas;
    return {
      name: step ?? (deed?.does === 'lower' ? 'lowers max_map_count' : 'reads map_count'),
      kernel,
      thread,
      vmas,
      mapCount,
      limit,
      pages: NOT_FOLLOWED,
      ...(deed?.does === 'call' ? askedRanges(deed.call) : {}),
      result: result ?? undefined,
      notable,
    };
  });
  const all = [start, ...frames];
  return {
    release: race.release,
    root: race.root,
    frames: all,
    peak: Math.max(...all.map((frame) => frame.mapCount)),
    window: race.pages,
  };
}
