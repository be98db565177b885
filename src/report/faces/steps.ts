import type { TracedStep } from '../../trace/trace.js';
import { exactly, INDENT, row } from '../rows.js';
import type { Canvas } from './canvas.js';

/** A step that changes or ends something, or goes on to the next VMA; the others only looked. */
const matters = (one: TracedStep, before: TracedStep | undefined): boolean =>
  one.failed !== null ||
  one.vmasChanged ||
  one.mapCountBefore !== one.mapCountAfter ||
  one.piece !== (before?.piece ?? 0) ||
  one.result !== null;

/** Columns below which what a step is stands under what it did. */
const NARROW = 64;

const countsText = ({ mapCountBefore, mapCountAfter }: TracedStep): string =>
  mapCountBefore === mapCountAfter ? `${mapCountAfter}` : `${mapCountBefore} -> ${mapCountAfter}`;

function notesText(one: TracedStep, before: TracedStep | undefined): string {
  const { addr, oldLen, newAddr } = one.ranges;
  const last = addr + oldLen - 1;
  const source = addr === last ? `page ${last}` : `pages ${addr}-${last}`;
  const piece = one.piece === (before?.piece ?? 0) ? '' : `  ${source} to ${newAddr}`;
  const fault = one.failed === null ? '' : `  ${one.failed} fails`;
  return `${fault}${one.result === null ? '' : `  returns ${one.result}`}${piece}`;
}

/** The steps that did something; with `verbose` all, each with its kernel function and the lock. */
export function stepRows(steps: readonly TracedStep[], canvas: Canvas): string[] {
  const { verbose, width, s } = canvas;
  const shown = steps
    .map((one, i) => ({ one, before: steps[i - 1] }))
    .filter(({ one, before }) => verbose || matters(one, before));
  if (!verbose) {
    return shown.flatMap(({ one, before }, i) => {
      const counted = `${one.step.padEnd(31)} map_count ${countsText(one)}`;
      const notes = notesText(one, before);
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
  const rows = shown.flatMap(({ one, before }) => {
    const head = `${countsText(one).padEnd(9)} ${one.locked ? 'held' : '-   '}`;
    const text = `${one.step}, ${one.kernel}()${notesText(one, before)}`;
    if (isNarrow) return [`${INDENT}${head}`, ...row('', text, width)];
    const [first = '', ...more] = row('', `${'x'.repeat(head.length)}  ${text}`, width);
    const lines = [first.replace(/x+ {2}/, `${head}  `), ...more];
    return matters(one, before) ? lines : lines.map(s.dim);
  });
  return [...row('steps', 'map_count lock  step, kernel function', width), ...rows];
}
