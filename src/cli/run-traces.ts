import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { counterexampleTexts } from '../report/counterexample.js';
import { shownJson } from '../report/json.js';
import { style } from '../report/style.js';
import type { Verdict } from '../verify/verdicts.js';
import type { VerifyReport } from '../verify/verify.js';

/** A violation in one format. */
interface TraceFormat {
  /** Behind the name of the file. */
  readonly suffix: string;
  readonly write: (shown: NonNullable<Verdict['counterexample']>) => string;
}

/** The formats that a violation is kept in. */
const FORMATS: readonly TraceFormat[] = [
  { suffix: 'txt', write: (shown) => `${counterexampleTexts([shown], style(false)).join('\n')}\n` },
  { suffix: 'json', write: (shown) => `${JSON.stringify(shownJson(shown), null, 2)}\n` },
];

/** What a release or variant is called may not do as the name of a file. */
const fileName = (words: readonly string[]): string =>
  words.map((word) => word.replace(/[^\w.=,-]+/g, '_')).join('-');

/** Writes every violation of a report into a new folder, each in every format, numbered as the report has them. */
export function writeTraces(folder: string, { specs }: VerifyReport): void {
  mkdirSync(folder);
  const violations = specs
    .flatMap(({ checks }) => checks)
    .flatMap((check) => (check.kind === 'compare' ? [] : check.verdicts));
  let number = 0;
  for (const { invariant, release, counterexample } of violations) {
    if (counterexample === undefined) continue;
    const name = fileName([`${++number}`.padStart(3, '0'), invariant, release]);
    for (const { suffix, write } of FORMATS) {
      writeFileSync(join(folder, `${name}.${suffix}`), write(counterexample));
    }
  }
}
