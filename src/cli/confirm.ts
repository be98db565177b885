import { type Confirmation, confirm } from '../conformance/confirm.js';
import type { Kernel } from '../conformance/kernel.js';
import { releaseOf } from '../conformance/release-of.js';
import { BadInput } from '../input/bad-input.js';
import { parseJson } from '../input/decode.js';
import { inputName, readInput } from '../input/read-text.js';
import { confirmJson } from '../report/confirm-json.js';
import { confirmText } from '../report/confirm-text.js';
import { plural } from '../report/words.js';
import { breachesOf, tracesIn } from '../trace/read.js';
import type { BreachTrace } from '../trace/trace.js';
import { Exit } from './exit.js';
import { withKernel } from './kernel.js';
import { releaseToRun } from './release-flag.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';

export interface ConfirmFlags {
  readonly kernel: string;
  readonly release?: string;
  readonly json?: true;
}

/** The counterexamples of a file, or of standard input (`-`); throws BadInput. */
function readClaims(file: string): BreachTrace[] {
  const name = inputName(file);
  const text = readInput(file, 'counterexamples of verify --json');
  const traces = tracesIn(parseJson(text, name), `${name}: `);
  const claims = breachesOf(traces);
  if (claims.length > 0) return claims;
  throw new BadInput(
    traces.length > 0
      ? `${name}: found differences alone, expected a counterexample: confirm does not take differences`
      : `${name}: found no counterexample, expected what verify --json writes, or a part of it`,
  );
}

/** What a kernel is expected to behave as: the release that plays it, or the one of its version. */
const releasesOf = ({ release, version }: Kernel): string[] =>
  [release, releaseOf(version)?.id].filter((id) => id !== undefined);

/** Those of one release: the one that is named, or else the kernel's; throws BadInput where there are none. */
function chosen(
  claims: readonly BreachTrace[],
  kernel: Kernel,
  named: string | undefined,
): readonly BreachTrace[] {
  const wanted = named === undefined ? releasesOf(kernel) : [named];
  const one = wanted.find((id) => claims.some(({ release }) => release === id));
  if (one === undefined) {
    const known = [...new Set(claims.map(({ release }) => release))].join(', ');
    throw new BadInput(
      named === undefined
        ? `--kernel ${kernel.name}: found no counterexample of ${wanted[0] ?? `a release of version ${kernel.version}`}, expected --release with one of those in the file, ${known}`
        : `--release: found ${named}, expected one of those in the file, ${known}`,
    );
  }
  const own = claims.filter(({ release }) => release === one);
  if (own.length < claims.length) {
    note(
      `${plural(claims.length - own.length, 'counterexample')} of other releases than ${one} left out`,
    );
  }
  return own;
}

/** A kernel that does something else is the graver news; nothing that could be asked is no verdict. */
function exitFor(confirmations: readonly Confirmation[]): Exit {
  const met = (state: Confirmation['answer']['state']): boolean =>
    confirmations.some(({ answer }) => answer.state === state);
  if (met('refuted')) return Exit.unexpected;
  return met('confirmed') ? Exit.ok : Exit.incomplete;
}

/** Replays the counterexamples of a file on a kernel and says which of them it bears out. */
export function confirmCommand(file: string, flags: ConfirmFlags): Promise<Exit> {
  const all = readClaims(file);
  return withKernel(flags.kernel, async (kernel, signal) => {
    const named =
      flags.release === undefined
        ? undefined
        : releaseToRun(flags.release, '--release', { modules: true }).id;
    const claims = chosen(all, kernel, named);
    const about = ({ release }: BreachTrace) =>
      releaseToRun(release, `${file}: release`, {
        modules: release === named || release === kernel.release,
      });
    const confirmations = await confirm(kernel, claims, about, signal);
    if (confirmations === undefined) return Exit.incomplete;
    const report = { kernel, confirmations };
    if (flags.json === true) printJson(confirmJson(report));
    else print(confirmText(report, stdoutStyle()));
    return exitFor(confirmations);
  });
}
