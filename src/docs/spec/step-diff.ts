import type { Step } from '../../model/step.js';

/** One line of the difference of two step lists, in an order that reads as either. */
export type StepChange =
  | { readonly kind: 'same'; readonly step: Step }
  | { readonly kind: 'changed'; readonly step: Step; readonly what: readonly string[] }
  | { readonly kind: 'added' | 'removed'; readonly step: Step; readonly moved: boolean };

const guards = ({ when = [] }: Step): string => when.map(({ name }) => name).join('; ');
/** Steps of one name are told apart by the calls that they are for. */
const keyOf = (step: Step): string => `${step.name} ${guards(step)}`;
const errnos = ({ errnos: of = [] }: Step): string => of.join(', ') || 'none';
const points = ({ mayFail = [] }: Step): string =>
  mayFail.map(({ kernel, errno }) => `${kernel} ${errno}`).join(', ') || 'nothing';

/** What is said of a step in both releases, and how it differs. */
function changesOf(before: Step, after: Step): string[] {
  const compared: readonly (readonly [string, string, string])[] = [
    ['part of', before.kernel, after.kernel],
    ['does', before.does, after.does],
    ['ends with', errnos(before), errnos(after)],
    ['may fail', points(before), points(after)],
    ['lock', before.takesLock ? 'taken' : '', after.takesLock ? 'taken' : ''],
  ];
  return compared.flatMap(([what, was, is]) => (was === is ? [] : [`${what}: ${was} → ${is}`]));
}

/** Lengths of the longest common subsequences of what is left of both from each place on. */
function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (lengths[i] as number[])[j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return lengths;
}

/** How the steps of a call differ between two releases; a step that was moved is removed here and added there. */
export function stepChanges(before: readonly Step[], after: readonly Step[]): StepChange[] {
  const [was, is] = [before.map(keyOf), after.map(keyOf)];
  const lengths = commonLengths(was, is);
  const changes: StepChange[] = [];
  let [i, j] = [0, 0];
  while (i < before.length || j < after.length) {
    const [old, fresh] = [before[i], after[j]];
    if (old !== undefined && fresh !== undefined && was[i] === is[j]) {
      const what = changesOf(old, fresh);
      changes.push(
        what.length === 0 ? { kind: 'same', step: fresh } : { kind: 'changed', step: fresh, what },
      );
      i++;
      j++;
    } else if (
      old !== undefined &&
      (fresh === undefined || (lengths[i + 1]?.[j] ?? 0) >= (lengths[i]?.[j + 1] ?? 0))
    ) {
      const moved = is.includes(was[i] as string);
      changes.push({ kind: 'removed', step: old, moved });
      i++;
    } else if (fresh !== undefined) {
      const moved = was.includes(is[j] as string);
      changes.push({ kind: 'added', step: fresh, moved });
      j++;
    }
  }
  return changes;
}
