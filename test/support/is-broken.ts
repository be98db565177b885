import { judge } from '../../src/checker/judge.js';
import { callOf } from '../../src/trace/call.js';
import type { CallTrace } from '../../src/trace/trace.js';

/** Whether a release breaks the promise of a counterexample by the same calls; it has to have a set-up. */
export const isBroken = (release: string, claim: CallTrace): boolean =>
  judge(release, claim.invariant, {
    pages: claim.pages,
    setup: (claim.setup ?? []).map(callOf),
    call: callOf(claim.call),
    maxMapCount: claim.maxMapCount,
    limitedFromStart: claim.limitedFromStart,
    limits: claim.limits,
  }) === 'broken';
