import type { Field } from './compare.js';
import type { Scenario } from './scenario.js';

/** A counter as an outcome has it. */
export type Counter = Extract<Field, 'totalVmDelta' | 'lockedVm' | 'committedDelta'>;

/** Promises about a counter and the VMAs that it counts. */
const COUNTERS: Readonly<Record<string, Counter>> = {
  'total-vm-exact': 'totalVmDelta',
  'locked-vm-exact': 'lockedVm',
  'commit-exact': 'committedDelta',
  'commit-exact-on-error': 'committedDelta',
};

/** The counter that a promise is about, if it is about one. */
export const counterOf = (invariant: string): Counter | undefined => COUNTERS[invariant];

/** Promises that a call is refused as it is with map slots to spare. */
const OF_PRECEDENCE: readonly string[] = ['errno-precedence-stable', 'sealed-source-eperm'];

export const isOfPrecedence = (invariant: string): boolean => OF_PRECEDENCE.includes(invariant);

/** Whether a promise is that something stays as it was: it is broken by a change. */
export const isOfNoChange = (invariant: string): boolean => invariant.endsWith('-untouched');

/** More map slots than the calls of a counterexample can take. */
const PLENTY = 1000;

/** A scenario that is asked beside that of a counterexample, and what is compared of it. */
export interface Beside {
  readonly scenario: Scenario;
  readonly fields: readonly Field[];
}

/**
 * With all unmapped in the end: nothing else shows which VMAs are locked, sealed or accounted. What is left
 * of a counter then is what no VMA had.
 */
const unmapped = (scenario: Scenario, counter: Counter): Beside => ({
  scenario: {
    ...scenario,
    id: `${scenario.id}-unmapped`,
    calls: [...scenario.calls, { call: 'munmap', addr: 0, len: scenario.pages }],
  },
  fields: ['result', counter],
});

/** What tells a broken promise from one that is kept, where call and result may be the same. */
export function besidesOf(invariant: string, scenario: Scenario): Beside[] {
  const counter = counterOf(invariant);
  if (counter !== undefined) return [unmapped(scenario, counter)];
  // Pages are promised to be locked and sealed as they were.
  if (invariant === 'success-effect') return [unmapped(scenario, 'lockedVm')];
  if (!isOfPrecedence(invariant)) return [];
  const roomy = { ...scenario, id: `${scenario.id}-with-room`, headroom: PLENTY };
  return [{ scenario: roomy, fields: ['result'] }];
}

/** The set-up as calls of which one sees what they return, where nothing else shows that one failed. */
export const shownSetUp = ({ id, pages, setup }: Scenario): Scenario | undefined =>
  setup.some(({ call }) => call === 'mseal')
    ? { id: `${id}-set-up`, pages, headroom: PLENTY, setup: [], calls: setup }
    : undefined;
