/** Columns of a mail, as netiquette has it. */
export const MAIL = 72;

/** As a mail can have it: what is no ASCII is told by its number, and a line that is too long is cut by force. */
export const forMail = (text: string): string =>
  text
    .replace(/[^\n\x20-\x7e]/gu, (odd) => `<U+${odd.codePointAt(0)?.toString(16).toUpperCase()}>`)
    .replace(new RegExp(`(.{${MAIL}})(?=.)`, 'g'), '$1\n');
