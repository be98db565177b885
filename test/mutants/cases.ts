import fc from 'fast-check';
import type { Vmas } from '../../src/model/address-space.js';
import type { Call } from '../../src/model/calls.js';
import { frameTokens } from '../../src/model/frame-tokens.js';
import type { Outcome } from '../../src/model/outcome.js';
import type { Machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env, type Pages } from '../../src/model/state.js';
import { mremapCalls, plainCalls } from '../support/arbitraries.js';

/** Pages of the window that the histories are in; the address space ends there. */
export const PAGES = 12;

/** Map slots left when a call is made: from one above the limit up to more than any call asks for. */
export const HEADROOMS = [-1, 0, 1, 2, 3, 4, 5, 6, 7, 50] as const;
const AMPLE = HEADROOMS.length - 1;

/** A call in an address space, with what comes of it at each headroom. */
export interface Case {
  readonly on: Machine;
  readonly before: Vmas;
  readonly pages: Pages;
  readonly call: Call;
  /** In the order of HEADROOMS. */
  readonly outcomes: readonly Outcome[];
  /** With map slots to spare. */
  readonly ample: Outcome;
}

const LENGTH = 14;

const histories = (one: fc.Arbitrary<Call>, numRuns: number): Call[][] =>
  fc.sample(fc.array(one, { minLength: LENGTH, maxLength: LENGTH }), { numRuns, seed: 20261121 });

/** Always the same ones: the table of mutants says what they find. */
const HISTORIES: readonly (readonly Call[])[] = [
  ...histories(fc.oneof(plainCalls(PAGES), mremapCalls(PAGES)), 500),
  ...histories(
    plainCalls(PAGES).filter(({ call }) => call !== 'mremap'),
    400,
  ),
];

function caseOf(on: Machine, before: Vmas, call: Call): Case {
  const pages = frameTokens(before, PAGES);
  const outcomes = HEADROOMS.map((headroom) =>
    run(on, env(before.length + headroom, PAGES), before, pages, call),
  );
  return { on, before, pages, call, outcomes, ample: outcomes[AMPLE] as Outcome };
}

/** Every call of the histories, where each goes on from what the one before made of ample map slots. */
export function* cases(on: Machine): Generator<Case> {
  for (const history of HISTORIES) {
    let vmas: Vmas = [];
    for (const call of history) {
      const one = caseOf(on, vmas, call);
      yield one;
      vmas = one.ample.vmas;
    }
  }
}
