import { checksOf } from '../checker/condition.js';
import { BadInput } from '../input/bad-input.js';
import { narrowedInvariant } from '../invariants/at-limit.js';
import { invariantById, invariants } from '../invariants/index.js';
import type { Release } from '../model/release.js';
import type { CountCheck, Step } from '../model/step.js';
import { forMail, MAIL } from '../report/for-mail.js';
import { style } from '../report/style.js';
import { synthesisJson } from '../report/synthesis-json.js';
import { synthesisText } from '../report/synthesis-text.js';
import { type SynthesisReport, synthesis } from '../verify/synthesis.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';

export interface SynthesizeFlags extends SearchFlags {
  readonly release: string;
  /** A step, or the role of one. */
  readonly check: string;
  readonly keep?: readonly string[];
  readonly pages: number;
  readonly format: 'text' | 'mail';
  readonly json?: true;
  readonly verbose?: true;
}

/**
 * What a check is there for. All hold the limit, and none may cost a caller pages. The move check comes
 * before a copy whose source may quietly stay mapped for want of a slot, which success-effect sees. The
 * early one is to refuse what would be refused later, with the destination gone; of a move of several
 * VMAs it can promise that for the first only.
 */
const KEPT: Readonly<Record<CountCheck['role'], readonly string[]>> = {
  early: [
    'limit-held',
    'pages-preserved',
    'success-effect',
    'precheck-enomem-untouched',
    'limit-enomem-untouched/one-vma',
  ],
  move: ['limit-held', 'pages-preserved', 'success-effect'],
  unmap: ['limit-held', 'pages-preserved', 'success-effect'],
  map: [],
  split: [],
};

/** The check of the release that a name means: a step, `early` or `move`; throws BadInput. */
function checkOf(release: Release, name: string): Step {
  const checks = checksOf(release);
  const found = checks.find((step) => step.name === name || step.count?.role === name);
  if (found !== undefined) return found;
  const known = [...new Set(checks.map((step) => step.name))].join(', ');
  throw new BadInput(
    `--check: found "${name}", expected a check of ${release.id}: early or move where it has it, or one of ${known}`,
  );
}

function knownPromise(name: string): string {
  if (narrowedInvariant(name, invariantById) !== undefined && !name.includes('@')) return name;
  const known = invariants.map(({ id }) => id).join(', ');
  throw new BadInput(
    `--keep: found "${name}", expected one of ${known}, with /one-vma behind it for moves of one VMA`,
  );
}

function show(report: SynthesisReport, { format, json, verbose }: SynthesizeFlags): void {
  const drawn = verbose === true;
  if (json === true) printJson(synthesisJson(report));
  else if (format === 'mail') print(forMail(synthesisText(report, style(false), MAIL, drawn)));
  else print(synthesisText(report, stdoutStyle(), process.stdout.columns ?? 80, drawn));
}

function exitOf({ complete, stages }: SynthesisReport): Exit {
  if (!complete) return Exit.incomplete;
  const all = stages.every(({ broken, torn }) => broken?.length === 0 && torn.length === 0);
  return all ? Exit.ok : Exit.unexpected;
}

/** Finds the weakest conditions of a check that keep some promises, and prints them with their proofs. */
export async function synthesizeCommand(flags: SynthesizeFlags): Promise<Exit> {
  const release = releaseFor(flags.release, '--release', { modules: true });
  const { name, count } = checkOf(release, flags.check);
  const promises = flags.keep?.map(knownPromise) ?? KEPT[count?.role ?? 'move'];
  const question = {
    release: release.id,
    check: name,
    promises: [...new Set(promises)],
    named: flags.keep !== undefined,
    pages: flags.pages,
  };
  return searching(
    flags,
    (options) => synthesis(question, options),
    (report) => {
      show(report, flags);
      return exitOf(report);
    },
  );
}
