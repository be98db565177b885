import { releasePath } from '../docs/spec/paths.js';
import { invariants } from '../invariants/index.js';
import type { Release } from '../model/release.js';
import { knownReleases } from '../model/releases/index.js';
import { invariantsJson, releasesJson } from '../report/json.js';
import { invariantsText, releasesText, releaseText } from '../report/lists.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { print, printJson, stdoutStyle } from './terminal.js';

interface ListFlags {
  readonly json?: true;
}

/** Where the documents of a clone have the release; variants have no page. */
const pageOf = (release: Release): string | undefined =>
  knownReleases.includes(release) ? `docs/spec/${releasePath(release)}` : undefined;

/** All releases, or one with its steps. */
export function releasesCommand(ref: string | undefined, { json }: ListFlags): Exit {
  const chosen =
    ref === undefined ? knownReleases : [releaseFor(ref, 'release', { modules: true })];
  const [one] = chosen;
  if (json === true) printJson(releasesJson(chosen));
  else if (ref !== undefined && one !== undefined)
    print(releaseText(one, stdoutStyle(), pageOf(one)));
  else print(releasesText(chosen, stdoutStyle()));
  return Exit.ok;
}

export function invariantsCommand({ json }: ListFlags): Exit {
  if (json === true) printJson(invariantsJson(invariants));
  else print(invariantsText(invariants, stdoutStyle()));
  return Exit.ok;
}
