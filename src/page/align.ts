import type { Frame, Run } from './play.js';

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

/**
 * Two runs in step: what both do is done at once, what one does alone leaves the other where it is. As much
 * as can be is done at once.
 */
export function inStep(a: Run, b: Run): readonly Pair[] {
  const table = common(a.frames, b.frames);
  const at = (i: number, j: number): number => table[i]?.[j] ?? 0;
  const pairs: Pair[] = [];
  let [i, j] = [0, 0];
  while (i < a.frames.length || j < b.frames.length) {
    const both = a.frames[i]?.name === b.frames[j]?.name;
    const leftAlone =
      !both && (j === b.frames.length || (i < a.frames.length && at(i + 1, j) >= at(i, j + 1)));
    if (!leftAlone) j++;
    if (both || leftAlone) i++;
    pairs.push({ left: i - 1, right: j - 1, leftSteps: both || leftAlone, rightSteps: !leftAlone });
  }
  return pairs;
}
