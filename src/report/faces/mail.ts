import type { Trace } from '../../trace/trace.js';
import { forMail, MAIL } from '../for-mail.js';
import { style } from '../style.js';
import { wrapped } from '../wrap.js';
import type { Canvas } from './canvas.js';
import { repeatText } from './subject.js';
import { traceBody } from './terminal.js';

const CANVAS: Canvas = { s: style(false), width: MAIL, verbose: false, vmas: 'none' };

/** A trace to be pasted into a mail: ASCII, 72 columns. */
export function mailText(trace: Trace): string {
  const said = repeatText(trace)
    .split('\n')
    .map((line) => wrapped(line, '', MAIL));
  const legend =
    'Addresses and lengths are in pages; S and D mark source and destination, | the borders of VMAs.';
  return forMail([...said, '', traceBody(trace, CANVAS), '', wrapped(legend, '', MAIL)].join('\n'));
}
