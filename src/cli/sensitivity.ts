import { BadInput } from '../input/bad-input.js';
import { invariantById, invariants } from '../invariants/index.js';
import { releases } from '../model/releases/index.js';
import { sensitivityJson } from '../report/json.js';
import { sensitivityText } from '../report/sensitivity-text.js';
import { ladder } from '../verify/ladder.js';
import { sensitivity } from '../verify/sensitivity.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { type SearchFlags, searching } from './searching.js';
import { print, printJson, stdoutStyle } from './terminal.js';

export interface SensitivityFlags extends SearchFlags {
  readonly invariant?: readonly string[];
  readonly release?: readonly string[];
  readonly json?: true;
  readonly verbose?: true;
}

function knownInvariant(id: string): string {
  if (invariantById(id) !== undefined) return id;
  const known = invariants.map((invariant) => invariant.id).join(', ');
  throw new BadInput(`--invariant: found "${id}", expected one of ${known}`);
}

/** Climbs the ladder for the invariants and releases that are named, or all, and prints what broke them. */
export async function sensitivityCommand(flags: SensitivityFlags): Promise<Exit> {
  const named = flags.invariant ?? invariants.map(({ id }) => id);
  const refs = flags.release ?? releases.map(({ id }) => id);
  const question = {
    invariants: [...new Set(named.map(knownInvariant))],
    releases: [...new Set(refs.map((ref) => releaseFor(ref, '--release', { modules: true }).id))],
    ladder,
  };
  return searching(
    flags,
    (options) => sensitivity(question, options),
    (report) => {
      const drawn = flags.verbose === true || question.invariants.length === 1;
      if (flags.json === true) printJson(sensitivityJson(report));
      else print(sensitivityText(report, stdoutStyle(), drawn));
      return report.complete ? Exit.ok : Exit.incomplete;
    },
  );
}
