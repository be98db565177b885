import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { machine } from '../../src/model/plan.js';
import { Recorder } from '../../src/model/recorder.js';
import { observe, run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { addressSpaces, mremapCalls } from '../support/arbitraries.js';
import { frames } from '../support/play.js';
import { everyRelease } from '../support/releases.js';

const PAGES = 16;
const spaces = addressSpaces(PAGES);
const calls = mremapCalls(PAGES);
const limits = fc.nat(20);

describe.each(everyRelease)('the recorder of a run on %s', (_id, release) => {
  const on = machine(release);

  test.prop([spaces, calls, limits, limits])(
    'names limits under which the call has the same outcome, its own among them',
    (vmas, call, limit, other) => {
      const recorder = new Recorder();
      const outcome = run(on, env(limit, PAGES), vmas, frames, call, { recorder });
      expect(recorder.from).toBeLessThanOrEqual(limit);
      expect(recorder.to).toBeGreaterThanOrEqual(limit);
      if (other < recorder.from || other > recorder.to) return;
      expect(run(on, env(other, PAGES), vmas, frames, call)).toEqual(outcome);
    },
  );

  test.prop([spaces, calls, limits])('says which steps ran', (vmas, call, limit) => {
    const recorder = new Recorder();
    run(on, env(limit, PAGES), vmas, frames, call, { recorder });
    const { micro } = observe(on, env(limit, PAGES), vmas, frames, call);
    const { plan, at, places, count } = recorder;
    const ran = plan?.loops === true ? [...places.subarray(0, count)] : [...Array(at + 1).keys()];
    expect(ran.map((place) => plan?.steps[place]?.name)).toEqual(
      micro.map(({ step }) => step.name),
    );
  });
});
