import type { Trace } from '../../trace/trace.js';
import { style } from '../style.js';
import { cText } from './c.js';
import { fastCheckText } from './fast-check.js';
import { itfText } from './itf.js';
import { mailText } from './mail.js';
import type { ReleaseOf } from './real-calls.js';
import { syzkallerText } from './syzkaller.js';
import { terminalText } from './terminal.js';

/** How a trace can be written, and how a file of it ends. */
export interface Format {
  readonly extension: string;
  readonly text: (trace: Trace, releaseOf: ReleaseOf) => string;
  /** The trace is run again on its release, which has to be there. */
  readonly runs?: true;
}

/** Columns of a file, which nobody knows the width of. */
const PLAIN = { s: style(false), width: 80, verbose: true, vmas: 'all' } as const;

/** Every format of a trace by its name; that for a terminal is here as plain text with every step. */
export const FORMATS = {
  terminal: { extension: 'txt', text: (trace) => terminalText(trace, PLAIN) },
  mail: { extension: 'mail', text: mailText },
  json: { extension: 'json', text: (trace) => JSON.stringify(trace, null, 2) },
  itf: { extension: 'itf.json', text: itfText },
  c: { extension: 'c', text: cText, runs: true },
  syzkaller: { extension: 'syz', text: syzkallerText, runs: true },
  'fast-check': { extension: 'test.ts', text: fastCheckText },
} as const satisfies Readonly<Record<string, Format>>;
export type FormatName = keyof typeof FORMATS;
export const FORMAT_NAMES = Object.keys(FORMATS) as readonly FormatName[];

/** A name for the files of a trace. */
export const fileName = (trace: Trace): string =>
  trace.kind === 'difference'
    ? `${trace.outcomes[0].release}-${trace.outcomes[1].release}`
    : `${trace.release}-${trace.invariant}`;
