import { type Style, style } from '../report/style.js';

/** Colour on a terminal, unless NO_COLOR is set; FORCE_COLOR turns it on elsewhere. */
function wantsColour(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR, FORCE_COLOR, TERM } = process.env;
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '0') return true;
  return stream.isTTY === true && TERM !== 'dumb';
}

/** The style for what goes to stdout. */
export const stdoutStyle = (): Style => style(wantsColour(process.stdout));

/** Results; a reader that has seen enough, such as head, ends the command in peace. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export const printJson = (value: object): void => print(JSON.stringify(value, null, 2));

/** Everything that is no result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}
