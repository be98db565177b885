import { forMail, MAIL } from '../report/for-mail.js';
import { headroomJson } from '../report/headroom-json.js';
import { headroomText } from '../report/headroom-text.js';
import { style } from '../report/style.js';
import { type HeadroomReport, headroom } from '../verify/headroom.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';

export interface HeadroomFlags extends SearchFlags {
  readonly release: string;
  /** Pages of the largest window. */
  readonly pages: number;
  readonly format: 'text' | 'mail';
  readonly json?: true;
  readonly verbose?: true;
}

/** Windows are tried from so many pages on. */
const LEAST = 3;

function show(report: HeadroomReport, { format, json, verbose }: HeadroomFlags): void {
  const drawn = verbose === true;
  if (json === true) printJson(headroomJson(report));
  else if (format === 'mail') print(forMail(headroomText(report, style(false), MAIL, drawn)));
  else print(headroomText(report, stdoutStyle(), process.stdout.columns ?? 80, drawn));
}

/** Searches windows of growing size for what each shape of call needs of map slots, and prints it. */
export async function headroomCommand(flags: HeadroomFlags): Promise<Exit> {
  const windows = Array.from({ length: flags.pages - LEAST + 1 }, (_, i) => LEAST + i);
  const question = {
    release: releaseFor(flags.release, '--release', { modules: true }).id,
    windows,
  };
  return searching(
    flags,
    (options) => headroom(question, options),
    (report) => {
      show(report, flags);
      return report.complete ? Exit.ok : Exit.incomplete;
    },
  );
}
