import type { CallName, Release } from './release.js';
import { CALL_NAMES } from './release.js';
import type { CountCheck, Step } from './step.js';

/** A line of two lists of steps put beside each other, in the order of the second. */
export interface StepLine {
  /**
   * `dropped` and `inserted`: in one of them alone. `gone` and `moved`: the same step at its old and its new
   * place. `changed`: at its place, with something said anew of it.
   */
  readonly state: 'kept' | 'changed' | 'inserted' | 'dropped' | 'moved' | 'gone';
  readonly step: Step;
  /** The step of the first list that it comes from. */
  readonly was?: Step;
}

/** More than all that a step may weigh besides. */
const STEP = 1000;

/**
 * What it is worth that a step stays in place. Where as many stay either way, a check has been moved, and not
 * what it has been moved past, the lock least of all.
 */
const weight = ({ takesLock, count }: Step): number =>
  STEP + (takesLock === true ? 2 : count === undefined ? 1 : 0);

/** What the best common subsequences of names are worth, of what is left behind each pair of places. */
function common(a: readonly Step[], b: readonly Step[]): number[][] {
  const worth = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => worth[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    const step = a[i] as Step;
    for (let j = b.length - 1; j >= 0; j--) {
      const both = step.name === b[j]?.name ? at(i + 1, j + 1) + weight(step) : 0;
      (worth[i] as number[])[j] = Math.max(both, at(i + 1, j), at(i, j + 1));
    }
  }
  return worth;
}

/** The steps of a call in one release beside those in another, as a diff has them. */
export function compareSteps(a: readonly Step[], b: readonly Step[]): StepLine[] {
  const worth = common(a, b);
  const lines: { from?: Step; to?: Step }[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const [from, to] = [a[i], b[j]];
    if (from !== undefined && from.name === to?.name) {
      lines.push({ from, to });
      i++;
      j++;
    } else if (
      from !== undefined &&
      (to === undefined || (worth[i + 1]?.[j] ?? 0) >= (worth[i]?.[j + 1] ?? 0))
    ) {
      lines.push({ from });
      i++;
    } else {
      lines.push({ to: to as Step });
      j++;
    }
  }
  const alone = (side: 'from' | 'to', name: string): Step | undefined => {
    const other = side === 'from' ? 'to' : 'from';
    return lines.find((line) => line[other] === undefined && line[side]?.name === name)?.[side];
  };
  return lines.map(({ from, to }): StepLine => {
    if (to === undefined) {
      const step = from as Step;
      return { state: alone('to', step.name) === undefined ? 'dropped' : 'gone', step };
    }
    if (from !== undefined) {
      return differences(from, to).length === 0
        ? { state: 'kept', step: to, was: from }
        : { state: 'changed', step: to, was: from };
    }
    const was = alone('from', to.name);
    return was === undefined ? { state: 'inserted', step: to } : { state: 'moved', step: to, was };
  });
}

/** How many map slots a check asks for: `6`, or `4, 5 with DONTUNMAP`. */
function slots({ need, needDontunmap, needLockedDontunmap, needFor }: CountCheck): string {
  if (needFor !== undefined) return 'what the call may need';
  return [
    `${need}`,
    ...(needDontunmap === undefined ? [] : [`${needDontunmap} with DONTUNMAP`]),
    ...(needLockedDontunmap === undefined
      ? []
      : [`${needLockedDontunmap} with DONTUNMAP of a locked VMA`]),
  ].join(', ');
}

const guards = ({ when = [] }: Step): string =>
  when.length === 0 ? 'every call' : when.map(({ name }) => name).join('; ');

const sameParts = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((part, i) => part === b[i])
    : a === b;

const isSame = (was: Step, step: Step): boolean => {
  const fields = [...new Set([...Object.keys(was), ...Object.keys(step)])] as (keyof Step)[];
  return fields.every((field) => sameParts(was[field], step[field]));
};

/** What is said anew of a step. */
function differences(was: Step, step: Step): string[] {
  const [before, after] = [was.count && slots(was.count), step.count && slots(step.count)];
  const said = [
    ...(before === after
      ? []
      : [`asks for ${after ?? 'nothing'} instead of ${before ?? 'nothing'}`]),
    ...(guards(was) === guards(step)
      ? []
      : [`is made for ${guards(step)} instead of ${guards(was)}`]),
    ...(was.kernel === step.kernel ? [] : [`is in ${step.kernel} instead of ${was.kernel}`]),
  ];
  return said.length > 0 || isSame(was, step) ? said : ['does something else'];
}

const isLocked = (steps: readonly Step[], step: Step): boolean =>
  steps.findIndex(({ takesLock }) => takesLock === true) < steps.indexOf(step);

/** Where a step stands: behind which other one. */
function placeOf(steps: readonly Step[], step: Step): string {
  const before = steps[steps.indexOf(step) - 1];
  return before === undefined ? 'at the start' : `behind ${before.name}`;
}

function wordsOf({ state, step, was }: StepLine, a: readonly Step[], b: readonly Step[]): string[] {
  const also = was === undefined ? [] : differences(was, step);
  const tail = also.map((text) => `, and ${text}`).join('');
  switch (state) {
    case 'dropped':
      return [`${step.name} is dropped`];
    case 'inserted': {
      const asks = step.count === undefined ? '' : `, asks for ${slots(step.count)}`;
      const made = step.when === undefined ? '' : `, for ${guards(step)}`;
      return [`${step.name} is inserted ${placeOf(b, step)}${asks}${made}`];
    }
    case 'moved': {
      const [then, now] = [isLocked(a, was as Step), isLocked(b, step)];
      const across = then === now ? '' : now ? ', under the mmap lock' : ', without the mmap lock';
      return [`${step.name} moves ${placeOf(b, step)}${across}${tail}`];
    }
    case 'changed':
      return [`${step.name} ${also.join(', and ')}`];
    default:
      return [];
  }
}

/** What an edited release does other than the one it is an edit of, in words, a sentence a step. */
export function changesOf(release: Release): string[] {
  const { base, calls } = release;
  if (base === undefined) return [];
  const words = (call: CallName): string[] => {
    const [a, b] = [base.calls[call], calls[call]];
    const said = compareSteps(a, b).flatMap((line) => wordsOf(line, a, b));
    return call === 'mremap' ? said : said.map((text) => `${call}: ${text}`);
  };
  return CALL_NAMES.filter((call) => calls[call] !== base.calls[call]).flatMap(words);
}
