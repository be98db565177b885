import { diffJson } from '../report/diff-json.js';
import { diffText } from '../report/diff-text.js';
import { forMail } from '../report/for-mail.js';
import { style } from '../report/style.js';
import { type DiffReport, diff } from '../verify/diff.js';
import { type DiffBoundsFlags, diffBounds } from './diff-bounds.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';

export interface DiffFlags extends SearchFlags, DiffBoundsFlags {
  readonly format?: 'text' | 'mail';
  readonly json?: true;
}

function show(report: DiffReport, { json, format }: DiffFlags): void {
  if (json === true) printJson(diffJson(report));
  else if (format === 'mail') print(forMail(diffText(report, style(false))));
  else print(diffText(report, stdoutStyle()));
}

/** Compares two releases and prints what changes; a change is the answer, no failure. */
export function diffCommand(a: string, b: string, flags: DiffFlags): Promise<Exit> {
  for (const [ref, name] of [
    [a, 'first release'],
    [b, 'second release'],
  ] as const) {
    releaseFor(ref, name, { modules: true });
  }
  const question = { releases: [a, b] as const, bounds: diffBounds(flags) };
  return searching(
    flags,
    (options) => diff(question, options),
    (report) => {
      show(report, flags);
      return report.complete ? Exit.ok : Exit.incomplete;
    },
  );
}
