import type { Vmas } from '../model/address-space.js';
import { frameTokens } from '../model/frame-tokens.js';
import type { Machine } from '../model/plan.js';
import { run } from '../model/run.js';
import { type Env, env, type Pages } from '../model/state.js';
import { carried, type Deed, endings, type Situation } from './interleaving.js';
import { canonical } from './spaces.js';

/** What the threads of a race can tell in the end: results, VMAs, frames, limit. */
const endKey = (results: readonly number[], vmas: Vmas, frames: Pages, limit: number): string =>
  [results, canonical(vmas), frames, limit].join(';');

/** The end of a race that is over. */
export const endOf = (s: Situation): string =>
  endKey(
    endings(s).map(({ end }) => end.outcome.result),
    s.shared.vmas,
    s.frames,
    s.shared.env.maxMapCount,
  );

/** The ends of all orders in which the threads can run, one after the other. */
export function sequentialEnds(
  on: Machine,
  vmas: Vmas,
  limits: Env,
  deeds: readonly Deed[],
): ReadonlySet<string> {
  const ends = new Set<string>();
  const pages = limits.taskEnd;
  const results = new Map<number, number>();
  const left = new Set(deeds.keys());
  const visit = (now: Vmas, frames: Pages, within: Env): void => {
    let last = true;
    for (const [i, deed] of deeds.entries()) {
      if (deed.does === 'read' || !left.has(i)) continue;
      last = false;
      left.delete(i);
      if (deed.does === 'lower') visit(now, frames, env(deed.limit, pages));
      else {
        const outcome = run(on, within, now, frameTokens(now, pages), deed.call);
        results.set(i, outcome.result);
        visit(outcome.vmas, carried(frames, outcome.pages), within);
      }
      left.add(i);
    }
    if (!last) return;
    const inOrder = deeds.flatMap((_, i) => results.get(i) ?? []);
    ends.add(endKey(inOrder, now, frames, within.maxMapCount));
  };
  visit(vmas, frameTokens(vmas, pages), limits);
  return ends;
}
