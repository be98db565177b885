import { wrapped } from '../../report/wrap.js';

/** A paragraph that reads in a terminal too. */
export const paragraph = (text: string): string => wrapped(text, '', 80);

/** One item of a list, its further lines indented. */
export const item = (text: string, mark = '-'): string => {
  const indent = ' '.repeat(mark.length + 1);
  return `${mark} ${wrapped(text, indent, 80).slice(indent.length)}`;
};

export const code = (text: string): string => `\`${text}\``;

export const link = (text: string, to: string): string => `[${text}](${to})`;

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

/** A table, columns padded so that it reads as text as long as it is no wider than a page. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((text, i) =>
    Math.max(3, text.length, ...rows.map((cells) => cell(cells[i] ?? '').length)),
  );
  const isWide = widths.reduce((sum, width) => sum + width + 3, 1) > 100;
  const padded = (cells: readonly string[]): string[] =>
    isWide ? [...cells] : cells.map((text, i) => text.padEnd(widths[i] ?? 0));
  return [
    row(padded(head)),
    row(widths.map((width) => '-'.repeat(isWide ? 3 : width))),
    ...rows.map((cells) => row(padded(cells))),
  ].join('\n');
}

/** Blocks with an empty line between them, and a newline at the end. */
export const page = (...blocks: readonly (string | readonly string[])[]): string =>
  `${blocks
    .flat()
    .filter((block) => block !== '')
    .join('\n\n')}\n`;

export const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** With a capital, unless it begins with a name or a hash, and with a full stop, unless there is one. */
export const sentence = (text: string): string => {
  const begun = /^[a-z]+(?:[ ,.]|$)/.test(text) ? capital(text) : text;
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
};
