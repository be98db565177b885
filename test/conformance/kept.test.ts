import { expect, test } from 'vitest';
import { confirm } from '../../src/conformance/confirm.js';
import { counterOf, isOfPrecedence } from '../../src/conformance/evidence.js';
import { invariants } from '../../src/invariants/index.js';
import { knownReleases } from '../../src/model/releases/index.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import type { CallTrace } from '../../src/trace/trace.js';
import { isBroken } from '../support/is-broken.js';
import { allBreaches } from '../trace/violations.js';
import { modelKernel, NEVER } from './kernels.js';

/**
 * It asks what would be without the check that refused the call: where two refuse it one behind the other,
 * each is needed no more than the other, and no process can tell.
 */
const OF_STEPS: readonly string[] = ['no-needless-enomem'];

test('no release that keeps a promise confirms a counterexample to it', async () => {
  const claims = (await allBreaches()).filter(
    (claim): claim is CallTrace =>
      claim.kind === 'call' && claim.setup !== null && !OF_STEPS.includes(claim.invariant),
  );
  const confirmed = new Set<string>();
  const wrong: string[] = [];
  for (const { id } of knownReleases) {
    const about = ({ release }: { readonly release: string }) => releaseByRef(release);
    const answers = (await confirm(modelKernel(id), claims, about, NEVER)) ?? [];
    for (const [i, { answer }] of answers.entries()) {
      const claim = claims[i] as CallTrace;
      if (answer.state !== 'confirmed') continue;
      confirmed.add(claim.invariant);
      if (!isBroken(id, claim)) wrong.push(`${claim.invariant} of ${claim.release} on ${id}`);
    }
  }
  expect(wrong).toEqual([]);
  expect([...confirmed]).toEqual(
    expect.arrayContaining(['commit-exact', 'locked-vm-exact', 'errno-precedence-stable']),
  );
}, 300_000);

test('every promise about a counter names it', () => {
  const named = invariants.filter(({ definition }) => definition.includes('Δ'));
  expect(named.length).toBeGreaterThan(2);
  expect(named.filter(({ id }) => counterOf(id) === undefined)).toEqual([]);
});

test('every promise about what is returned with room is asked with room', () => {
  const named = invariants.filter(({ definition }) => definition.includes('r∞'));
  expect(named.length).toBeGreaterThan(1);
  expect(named.filter(({ id }) => !isOfPrecedence(id))).toEqual([]);
});
