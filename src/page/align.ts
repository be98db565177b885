import type { Frame, Run } from '../html/run.js';

/** A moment of two runs side by side: their frames then, and whether each has just made a step. */
export interface Pair {
  readonly left: number;
  readonly right: number;
  readonly leftSteps: boolean;
  readonly rightSteps: boolean;
}

/** Lengths of the longest common subsequences of the names from i and j on. */
function common(a: readonly Frame[], b: readonly Frame[]): number[][] {
  const table = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (table[i] as number[])[j] =
        a[i]?.name === b[j]?.name ? 1 + at(i + 1, j + 1) : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return table;
}

/** The frames that both have, in order: as many as there can be. */
function shared(a: readonly Frame[], b: readonly Frame[]): (readonly [number, number])[] {
  const table = common(a, b);
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  const found: (readonly [number, number])[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    if (a[i]?.name === b[j]?.name) found.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return found;
}

/**
 * Two runs in step: what both do is done at once. What one does alone leaves the other where it is; of two
 * that part, the one that is sooner done goes first.
 */
export function inStep(a: Run, b: Run): readonly Pair[] {
  const pairs: Pair[] = [];
  let [left, right] = [-1, -1];
  const alone = (on: 'left' | 'right', to: number): void => {
    while ((on === 'left' ? left : right) < to - 1) {
      if (on === 'left') left++;
      else right++;
      pairs.push({ left, right, leftSteps: on === 'left', rightSteps: on === 'right' });
    }
  };
  const apart = (toLeft: number, toRight: number): void => {
    const leftFirst = toLeft - left <= toRight - right;
    alone(leftFirst ? 'left' : 'right', leftFirst ? toLeft : toRight);
    alone(leftFirst ? 'right' : 'left', leftFirst ? toRight : toLeft);
  };
  for (const [i, j] of shared(a.frames, b.frames)) {
    apart(i, j);
    [left, right] = [i, j];
    pairs.push({ left, right, leftSteps: true, rightSteps: true });
  }
  apart(a.frames.length, b.frames.length);
  return pairs;
}
