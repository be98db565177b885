import type { Trace } from '../../trace/trace.js';
import { style } from '../style.js';
import { wrapped } from '../wrap.js';
import type { Canvas } from './canvas.js';
import { repeatText } from './subject.js';
import { traceBody } from './terminal.js';

/** As netiquette has it for mail. */
const WIDTH = 72;

const CANVAS: Canvas = { s: style(false), width: WIDTH, verbose: false, vmas: 'none' };

/** What is no ASCII is told by its number, and a line that is too long is cut by force. */
const plain = (text: string): string =>
  text
    .replace(/[^\n\x20-\x7e]/g, (odd) => `<U+${odd.codePointAt(0)?.toString(16).toUpperCase()}>`)
    .replace(new RegExp(`(.{${WIDTH}})(?=.)`, 'g'), '$1\n');

/** A trace to be pasted into a mail: ASCII, 72 columns. */
export function mailText(trace: Trace): string {
  const said = repeatText(trace)
    .split('\n')
    .map((line) => wrapped(line, '', WIDTH));
  const legend =
    'Addresses and lengths are in pages; S and D mark source and destination, | the borders of VMAs.';
  return plain([...said, '', traceBody(trace, CANVAS), '', wrapped(legend, '', WIDTH)].join('\n'));
}
