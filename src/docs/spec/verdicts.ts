import type { Release } from '../../model/release.js';
import { releases, stableReleases } from '../../model/releases/index.js';
import { type Cell, cellOf } from '../../report/matrix.js';
import type { Check, Spec, VerdictWord } from '../../specs/spec.js';

/** One expectation of a spec, with where it stands. */
export interface Expected {
  readonly spec: Spec;
  readonly check: Check;
  readonly verdict: VerdictWord;
  readonly releases: readonly string[];
  readonly because: string;
}

/** What the specs expect of an invariant; a run that exits with 0 has found the same. */
export const expectedOf = (specs: readonly Spec[], invariant: string): Expected[] =>
  specs.flatMap((spec) =>
    spec.checks.flatMap((check) =>
      check.check === 'compare'
        ? []
        : check.expect
            .filter((one) => one.invariant === invariant)
            .map(({ verdict, releases: on, because }) => ({
              spec,
              check,
              verdict,
              releases: on,
              because,
            })),
    ),
  );

/** The cell of the matrix; undefined where no spec asks. */
export function verdictOn(expected: readonly Expected[], release: string): Cell | undefined {
  const here = expected.filter(({ releases: on }) => on.includes(release));
  if (here.length === 0) return undefined;
  return cellOf(
    here.map(({ verdict }) => ({ invariant: '', release, found: verdict, expected: true })),
  );
}

interface Verdict {
  readonly release: string;
  readonly cell: Cell;
}

const verdictsOn =
  (of: readonly Release[]) =>
  (expected: readonly Expected[]): readonly Verdict[] =>
    of.flatMap(({ id }) => {
      const cell = verdictOn(expected, id);
      return cell === undefined ? [] : [{ release: id, cell }];
    });

/** Every mainline release with its cell, those that no spec asks about left out. */
export const verdictsOf = verdictsOn(releases);

/** The same of stable ones. */
export const stableVerdictsOf = verdictsOn(stableReleases);
