import { wrapped } from './wrap.js';

/** Columns of a mail, as netiquette has it. */
export const MAIL = 72;

const cut = (line: string): string => {
  if (line.length <= MAIL) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  return wrapped(line.trimStart(), indent, MAIL).replace(
    new RegExp(`(.{${MAIL}})(?=.)`, 'g'),
    '$1\n',
  );
};

/** As a mail can have it: what is no ASCII is told by its number, and a line that is too long is broken, by force if need be. */
export const forMail = (text: string): string =>
  text
    .replace(/[^\n\x20-\x7e]/gu, (odd) => `<U+${odd.codePointAt(0)?.toString(16).toUpperCase()}>`)
    .split('\n')
    .map(cut)
    .join('\n');
