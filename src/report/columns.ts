import { wrapped } from './wrap.js';

const LABEL = 10;
/** Columns of either side: with label and gap 72. */
const SIDE = 29;

const linesOf = (text: string): string[] => wrapped(text, '', SIDE).split('\n');

/** A row of two texts side by side, each broken within its column; no label if it is empty. */
export function sideBySide(label: string, [left, right]: readonly [string, string]): string[] {
  const [a, b] = [linesOf(left), linesOf(right)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
    const head = (i === 0 ? label : '').padEnd(LABEL);
    return `  ${head}${(a[i] ?? '').padEnd(SIDE + 2)}${b[i] ?? ''}`.trimEnd();
  });
}

/** The same for drawings, whose blanks stay. */
export const drawnSideBySide = (label: string, left: string, right: string): string =>
  `  ${label.padEnd(LABEL)}${left.padEnd(SIDE + 2)}${right}`.trimEnd();
