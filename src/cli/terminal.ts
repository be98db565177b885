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

/** Seconds between two lines of progress where there is no terminal. */
export const QUIET_SECONDS = 10;

/** Whether stderr is a terminal on which a line can be written anew. */
export const hasLiveLine = (): boolean =>
  process.stderr.isTTY === true && process.env['TERM'] !== 'dumb';

/** Writes the line of a terminal anew, as much of it as there is room for; without text it is cleared. */
export function liveLine(text = ''): void {
  process.stderr.write(`\r\x1b[K${text.slice(0, (process.stderr.columns ?? 80) - 1)}`);
}

/** Results. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export const printJson = (value: object): void => print(JSON.stringify(value, null, 2));

/** Everything that is no result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

const WIDTHS = { least: 40, most: 120, unknown: 72 } as const;

/** Columns of stdout: what COLUMNS says, else the terminal's width, within bounds that can be read. */
export function columns(): number {
  const said = Number(process.env['COLUMNS'] ?? process.stdout.columns);
  if (!Number.isInteger(said) || said <= 0) return WIDTHS.unknown;
  return Math.min(WIDTHS.most, Math.max(WIDTHS.least, said));
}
