import { edited } from '../model/edits.js';
import { Errno } from '../model/errno.js';
import type { Release } from '../model/release.js';
import { fail, headroom, NO_MAP_LIMIT, type State } from '../model/state.js';
import type { CountCheck, Step } from '../model/step.js';
import { type ConditionBy, caseOf } from './call-case.js';

/** On what headroom a check of map_count lets a call pass. */
export interface Condition {
  readonly by: ConditionBy;
  /** Map slots that each case asks for; null where it asks for nothing, not even above the limit. */
  readonly needs: Readonly<Record<string, number | null>>;
  /** What any other case asks for. */
  readonly otherwise: number | null;
}

/** A condition in place of the one that a check of mremap() has. */
export interface ConditionedCheck {
  /** The name of the step. */
  readonly check: string;
  readonly condition: Condition;
}

/** Lets every call pass. */
export const NEVER: Condition = { by: 'constant', needs: {}, otherwise: null };
/** Lets none pass, but where there is no limit on VMAs. */
export const ALWAYS: Condition = { by: 'constant', needs: {}, otherwise: NO_MAP_LIMIT / 2 };

/** What a condition asks for in this state, less than any headroom if that is nothing. */
function needIn(s: State, { by, needs, otherwise }: Condition): number {
  const name = caseOf(by, s);
  const need = Object.hasOwn(needs, name) ? needs[name] : otherwise;
  return need ?? Number.NEGATIVE_INFINITY;
}

/** The most that it asks for in any case. */
const mostOf = ({ needs, otherwise }: Condition): number =>
  Math.max(0, ...Object.values(needs).map((need) => need ?? 0), otherwise ?? 0);

const BY: Readonly<Record<ConditionBy, string>> = {
  constant: 'for any call',
  shape: 'by the shape of the call',
  facts: 'by what it sees of the call and of the address space',
};

function conditioned({ name, kernel, count, when }: Step, condition: Condition): Step {
  const { role } = count as CountCheck;
  const needFor = (s: State): number => needIn(s, condition);
  return {
    name,
    kernel,
    does: `refuses if fewer map slots are left than it asks for, ${BY[condition.by]}`,
    errnos: ['ENOMEM'],
    count: { role, need: mostOf(condition), needFor },
    ...(when === undefined ? {} : { when }),
    run: (s) => (headroom(s) < needFor(s) ? fail(s, Errno.ENOMEM) : s),
  };
}

/** The release with another condition in one of its checks, by the name of the step. */
export const withCondition = (
  release: Release,
  { check, condition }: ConditionedCheck,
): Release => ({
  ...edited('mremap', check, (step) => [conditioned(step, condition)])(release),
  id: `${release.id} with another ${check}`,
});

/** The checks of mremap() whose condition can be another: those that refuse the call and do nothing else. */
export const checksOf = ({ calls }: Release): readonly Step[] =>
  calls.mremap.filter(
    ({ count, errnos }) =>
      count !== undefined && count.role !== 'split' && errnos?.join() === 'ENOMEM',
  );

/** Whether a check comes before the mmap lock is taken, so that it cannot rely on the address space. */
export const isUnlocked = ({ calls }: Release, check: string): boolean =>
  calls.mremap.findIndex(({ name }) => name === check) <
  calls.mremap.findIndex(({ takesLock }) => takesLock === true);
