import type { EnumerateBounds } from '../checker/bounds.js';
import { BadInput } from '../input/bad-input.js';
import { decode } from '../input/decode.js';
import { invariants } from '../invariants/index.js';
import { enumerateBoundsText, raceBoundsText, reachBoundsText } from '../report/bounds.js';
import { classCounts } from './class-counts.js';
import type {
  CheckData,
  ClassData,
  ConfirmationData,
  ReportData,
  SearchData,
  VerdictData,
} from './data.js';
import { Gathering } from './gathering.js';
import {
  type VerifyFile,
  verifyFile,
  type WrittenCheck,
  type WrittenVerdict,
} from './verify-file.js';

/** The part of a report that a verification says; figures of growth come from elsewhere. */
export type VerifiedData = Omit<ReportData, 'version' | 'growth' | 'behaviours'>;

function confirmationOf({ confirmation }: WrittenVerdict): ConfirmationData | null {
  if (confirmation === undefined) return null;
  const { state, reason, fields = [] } = confirmation;
  const differs = fields.length === 0 ? '' : `it differs in ${fields.join(', ')}`;
  return { state, reason: reason ?? differs };
}

const verdictOf = (written: WrittenVerdict, gathering: Gathering): VerdictData => {
  const { invariant, release, expected, found, because, applied, broken } = written;
  const { counterexample } = written;
  return {
    invariant,
    release,
    expected,
    found,
    because,
    applied,
    broken,
    shown: counterexample === null ? null : gathering.shown(release, counterexample),
    confirmation: confirmationOf(written),
  };
};

interface WrittenSearch {
  readonly release: string;
  readonly work: Pick<SearchData, 'spaces' | 'transitions' | 'peak'>;
  readonly complete: boolean;
}

const searchOf = ({ release, work, complete }: WrittenSearch, pages: number): SearchData => ({
  release,
  pages,
  spaces: work.spaces,
  transitions: work.transitions,
  peak: work.peak,
  complete,
});

function comparedOf(
  written: Extract<WrittenCheck, { check: 'compare' }>,
  gathering: Gathering,
): CheckData {
  const { title, releases, bounds, spaces, transitions, complete } = written;
  const classes = written.classes.map(
    ({ state, shape, from, to, headroom, count, because, smallest }): ClassData => ({
      state,
      shape,
      from,
      to,
      headroom,
      count,
      because,
      smallest: smallest === null ? null : gathering.smallest(bounds as EnumerateBounds, smallest),
    }),
  );
  return {
    kind: 'compare',
    title,
    bounds: enumerateBoundsText(bounds as EnumerateBounds),
    pages: bounds.pages,
    releases,
    spaces,
    transitions,
    complete,
    classes,
  };
}

function checkOf(written: WrittenCheck, gathering: Gathering): CheckData {
  if (written.check === 'compare') return comparedOf(written, gathering);
  const { title } = written;
  const verdicts = written.verdicts.map((verdict) => verdictOf(verdict, gathering));
  if (written.check === 'reach') {
    const { runs } = written;
    const [first] = runs;
    return {
      kind: 'reach',
      title,
      bounds:
        first === undefined
          ? ''
          : `every state from an empty window: ${reachBoundsText(first.bounds)}`,
      pages: Math.max(0, ...runs.map(({ bounds }) => bounds.pages)),
      searches: runs.map((one) => searchOf(one, one.bounds.pages)),
      verdicts,
    };
  }
  const { pages } = written.bounds;
  return {
    kind: written.check,
    title,
    bounds:
      written.check === 'race'
        ? raceBoundsText(written.bounds)
        : enumerateBoundsText(written.bounds as EnumerateBounds),
    pages,
    searches: written.searches.map((one) => searchOf(one, pages)),
    verdicts,
  };
}

/**
 * What `verify --json` wrote, for the page; throws BadInput where it is something else, or where the model
 * does not show what it says.
 *
 * @param where names the file in messages
 * @param modules whether patches may be code, which is run
 */
export function verifiedData(value: unknown, where: string, modules: boolean): VerifiedData {
  const isVerification = typeof value === 'object' && value !== null && 'asExpected' in value;
  if (!isVerification) {
    throw new BadInput(`${where}: found no verification, expected what verify --json writes`);
  }
  const written: VerifyFile = decode(verifyFile, value, where);
  const gathering = new Gathering(where, modules);
  const specs = written.specs.map(({ file, title, question, answer, sources, checks }) => ({
    file,
    title,
    question,
    answer,
    sources,
    checks: checks.map((check) => checkOf(check, gathering)),
  }));
  const { complete, asExpected, transitions, confirmedOn = null } = written;
  return {
    complete,
    asExpected,
    transitions,
    confirmedOn,
    invariants: invariants.map(({ id, statement, source }) => ({ id, statement, source })),
    specs,
    classes: written.specs.flatMap((spec) =>
      spec.checks.flatMap((check) =>
        check.check === 'compare' ? [classCounts(check, gathering)] : [],
      ),
    ),
    ...gathering.all,
  };
}
