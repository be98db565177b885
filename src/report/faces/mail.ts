import { BadInput } from '../../input/bad-input.js';
import type { Release } from '../../model/release.js';
import { UnknownRelease } from '../../model/releases/variant.js';
import type { Trace } from '../../trace/trace.js';
import { forMail, MAIL } from '../for-mail.js';
import { patchLines } from '../patch-text.js';
import { isOfModel } from '../release-name.js';
import { style } from '../style.js';
import { wrapped } from '../wrap.js';
import type { Canvas } from './canvas.js';
import type { ReleaseOf } from './real-calls.js';
import { repeatText } from './subject.js';
import { traceBody } from './terminal.js';

const CANVAS: Canvas = { s: style(false), width: MAIL, verbose: false, vmas: 'none' };

/** The release of a patch; undefined where its file is not there any more, or cannot be read. */
function patchOf(name: string, releaseOf: ReleaseOf): Release | undefined {
  try {
    return releaseOf(name);
  } catch (error) {
    if (error instanceof UnknownRelease || error instanceof BadInput) return undefined;
    throw error;
  }
}

function patchesText(trace: Trace, releaseOf: ReleaseOf): string[] {
  const names =
    trace.kind === 'difference' ? trace.outcomes.map(({ release }) => release) : [trace.release];
  return names.flatMap((name) => {
    const patch = isOfModel(name) ? undefined : patchOf(name, releaseOf);
    return patch === undefined ? [] : patchLines({ ...patch, id: name });
  });
}

/** A trace to be pasted into a mail: ASCII, 72 columns. */
export function mailText(trace: Trace, releaseOf: ReleaseOf): string {
  const said = repeatText(trace)
    .split('\n')
    .map((line) => wrapped(line, '', MAIL));
  const legend =
    'Addresses and lengths are in pages; S and D mark source and destination, | the borders of VMAs.';
  const parts = [
    ...said,
    ...patchesText(trace, releaseOf),
    '',
    traceBody(trace, CANVAS),
    '',
    wrapped(legend, '', MAIL),
  ];
  return forMail(parts.join('\n'));
}
