import { withoutFolders } from './release-name.js';
import { wrapped } from './wrap.js';

const LABEL = 10;
/** Columns of the left side, and a gap; with the label, 30 of 72 are left for the right one. */
const SIDE = 29;
const GAP = 1;

const linesOf = (text: string): string[] => wrapped(text, '', SIDE).split('\n');

/** A row of two texts side by side, each broken within its column; no label if it is empty. */
export function sideBySide(label: string, [left, right]: readonly [string, string]): string[] {
  const [a, b] = [linesOf(left), linesOf(right)];
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => {
    const head = (i === 0 ? label : '').padEnd(LABEL);
    return `  ${head}${(a[i] ?? '').padEnd(SIDE + GAP)}${b[i] ?? ''}`.trimEnd();
  });
}

/** The name of a release at the head of its column; of a patch, that of its file. */
export function columnName(id: string): string {
  const short = withoutFolders(id);
  return short.length > SIDE ? `${short.slice(0, SIDE - 3)}...` : short;
}

/** The same for drawings, whose blanks stay. */
export const drawnSideBySide = (label: string, left: string, right: string): string =>
  `  ${label.padEnd(LABEL)}${left.padEnd(SIDE + GAP)}${right}`.trimEnd();
