import type { TracedStep } from '../../trace/trace.js';
import { exactly, INDENT, row } from '../rows.js';
import type { Canvas } from './canvas.js';

/** A step with the one before it, which tells whether a move goes on to the next VMA. */
export interface StepInTurn {
  readonly one: TracedStep;
  readonly before: TracedStep | undefined;
}

export const inTurn = (steps: readonly TracedStep[]): StepInTurn[] =>
  steps.map((one, i) => ({ one, before: steps[i - 1] }));

/** A step that changes or ends something, or goes on to the next VMA; the others only looked. */
export const matters = ({ one, before }: StepInTurn): boolean =>
  one.failed !== null ||
  one.vmasChanged ||
  one.mapCountBefore !== one.mapCountAfter ||
  one.piece !== (before?.piece ?? 0) ||
  one.result !== null;

/** Columns below which what a step is stands under what it did. */
const NARROW = 64;

const countsText = ({ mapCountBefore, mapCountAfter }: TracedStep): string =>
  mapCountBefore === mapCountAfter ? `${mapCountAfter}` : `${mapCountBefore} -> ${mapCountAfter}`;

function notesText({ one, before }: StepInTurn): string {
  const { addr, oldLen, newAddr } = one.ranges;
  const last = addr + oldLen - 1;
  const source = addr === last ? `page ${last}` : `pages ${addr}-${last}`;
  const piece = one.piece === (before?.piece ?? 0) ? '' : `  ${source} to ${newAddr}`;
  const fault = one.failed === null ? '' : `  ${one.failed} fails`;
  return `${fault}${one.result === null ? '' : `  returns ${one.result}`}${piece}`;
}

/** What a step made of map_count, what failed in it, how it ended the call, or which VMA it goes on to. */
export const stepText = (step: StepInTurn): string => countsText(step.one) + notesText(step);

/** The steps that did something; with `verbose` all, each with its kernel function and the lock. */
export function stepRows(steps: readonly TracedStep[], canvas: Canvas): string[] {
  const { verbose, width, s } = canvas;
  const shown = inTurn(steps).filter((step) => verbose || matters(step));
  if (!verbose) {
    return shown.flatMap((step, i) => {
      const { one } = step;
      const counted = `${one.step.padEnd(31)} map_count ${countsText(one)}`;
      const notes = notesText(step);
      const label = i === 0 ? 'steps' : '';
      const whole = exactly(label, counted + notes);
      if (whole.length <= width) return [whole];
      const lines =
        exactly(label, counted).length <= width
          ? [exactly(label, counted)]
          : row(label, counted.replace(/ +/g, ' '), width);
      return notes === '' ? lines : [...lines, ...row('', `  ${notes.trim()}`, width)];
    });
  }
  const isNarrow = width < NARROW;
  const rows = shown.flatMap((step) => {
    const { one } = step;
    const head = `${countsText(one).padEnd(9)} ${one.locked ? 'held' : '-   '}`;
    const text = `${one.step}, ${one.kernel}()${notesText(step)}`;
    if (isNarrow) return [`${INDENT}${head}`, ...row('', text, width)];
    const [first = '', ...more] = row('', `${'x'.repeat(head.length)}  ${text}`, width);
    const lines = [first.replace(/x+ {2}/, `${head}  `), ...more];
    return matters(step) ? lines : lines.map(s.dim);
  });
  return [...row('steps', 'map_count lock  step, kernel function', width), ...rows];
}
