/** A value as a message may show it: JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What a terminal takes for a command, for the end of a line, for another order of the text around it, or for nothing. */
export const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** A message as a terminal may show it: what it quotes has no commands for one. */
export const printable = (message: string): string =>
  message.replace(CONTROL, (one) =>
    one === '\n' ? one : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
