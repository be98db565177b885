import type { Frame, Run } from '../html/run.js';
import { inStep } from './align.js';

/** One side of what is stepped through, at one moment. */
export interface Side {
  readonly run: Run;
  readonly frame: Frame;
  /** What was to be seen before; the same where this side has not moved. */
  readonly last: Frame | undefined;
  readonly moves: boolean;
}

/** A moment: one side, or two in step. */
export interface Moment {
  readonly index: number;
  readonly sides: readonly Side[];
  readonly notable: boolean;
}

const side = (run: Run, index: number, moves: boolean): Side => {
  const frame = run.frames[Math.max(0, index)] as Frame;
  return { run, frame, last: moves ? run.frames[index - 1] : frame, moves };
};

/** All moments of a run, or of two side by side. */
export function momentsOf(run: Run, beside: Run | undefined): readonly Moment[] {
  if (beside === undefined) {
    return run.frames.map((frame, index) => ({
      index,
      sides: [side(run, index, true)],
      notable: frame.notable,
    }));
  }
  return inStep(run, beside).map((pair, index) => {
    const sides = [side(run, pair.left, pair.leftSteps), side(beside, pair.right, pair.rightSteps)];
    return { index, sides, notable: sides.some(({ moves, frame }) => moves && frame.notable) };
  });
}

/** The next moment that is shown, in either direction; the same where there is none. */
export function nextMoment(
  moments: readonly Moment[],
  at: number,
  by: 1 | -1,
  micro: boolean,
): number {
  for (let i = at + by; i >= 0 && i < moments.length; i += by) {
    if (micro || moments[i]?.notable === true) return i;
  }
  return at;
}
