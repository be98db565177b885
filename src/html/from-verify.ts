import type { EnumerateBounds } from '../checker/bounds.js';
import { frameTokens } from '../checker/spaces.js';
import { vmaOf } from '../conformance/claim.js';
import { BadInput } from '../input/bad-input.js';
import { decode } from '../input/decode.js';
import { invariants } from '../invariants/index.js';
import { type Call, flagBits } from '../model/calls.js';
import { releaseByRef } from '../model/releases/variant.js';
import { type Machine, machine, run } from '../model/run.js';
import { env } from '../model/state.js';
import type { Vma } from '../model/vma.js';
import { enumerateBoundsText, raceBoundsText, reachBoundsText } from '../report/bounds.js';
import { resultText } from '../report/words.js';
import { classCounts } from './class-counts.js';
import type {
  CaseData,
  CheckData,
  ClassData,
  ConfirmationData,
  RaceData,
  ReportData,
  SearchData,
  ShownData,
  VerdictData,
} from './data.js';
import {
  type VerifyFile,
  verifyFile,
  type WrittenCall,
  type WrittenCheck,
  type WrittenCounterexample,
  type WrittenDifference,
  type WrittenRace,
  type WrittenVerdict,
} from './verify-file.js';

/** The part of a report that a verification says; figures of growth come from elsewhere. */
export type VerifiedData = Omit<ReportData, 'version' | 'growth'>;

const modelCall = (call: WrittenCall): Call =>
  call.call === 'mremap' ? { ...call, flags: flagBits(call.flags) } : call;

type WrittenSetup = Pick<WrittenDifference, 'pages' | 'setup' | 'setupExhausted' | 'before'>;

const setupOf = ({ pages, setup, setupExhausted, before }: WrittenSetup) => ({
  pages,
  setup: setup?.map(modelCall) ?? null,
  exhausted: setupExhausted,
  before: before.map(vmaOf),
});

/** Things by their number, each once. */
class Numbered<T> {
  readonly all: T[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(one: T): number {
    const key = JSON.stringify(one);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    return this.all.push(one) - 1;
  }
}

const sameWords = (a: readonly Vma[], b: readonly Vma[]): boolean =>
  a.length === b.length && a.every((vma, i) => vma === b[i]);

/** Cases and races as they are met, and the releases on which they are run again. */
class Gathering {
  readonly cases = new Numbered<CaseData>();
  readonly races = new Numbered<RaceData>();
  private readonly machines = new Map<string, Machine>();

  constructor(private readonly where: string) {}

  private on(release: string): Machine {
    const known = this.machines.get(release) ?? machine(releaseByRef(release));
    this.machines.set(release, known);
    return known;
  }

  /** The page shows what it runs: a case of which the model now says something else must not get there. */
  private proved(one: CaseData, release: string, result: string, after: readonly Vma[]): void {
    const { limits, before, pages, call, failing } = one;
    const frames = frameTokens(before, pages);
    const ran = run(this.on(release), limits, before, frames, call, undefined, undefined, failing);
    if (resultText(ran.result) !== result || !sameWords(ran.vmas, after)) {
      throw new BadInput(
        `${this.where}: found a call on ${release} that returns ${result}, expected ` +
          `${resultText(ran.result)} and other VMAs; it was written by another version of the model`,
      );
    }
  }

  shown(release: string, written: WrittenCounterexample | WrittenRace): ShownData {
    const { explanation } = written;
    if ('threads' in written) {
      return { kind: 'race', at: this.races.numberOf(raceOf(release, written)), explanation };
    }
    const { limits, limitedFromStart, call, failures, result, after } = written;
    const one: CaseData = {
      ...setupOf(written),
      limits,
      limitedFromStart,
      call: modelCall(call),
      failing: failures.map(({ at }) => at),
    };
    this.proved(one, release, result, after.map(vmaOf));
    return { kind: 'call', at: this.cases.numberOf(one), explanation };
  }

  smallest(bounds: EnumerateBounds, written: WrittenDifference): number {
    const one: CaseData = {
      ...setupOf(written),
      limits: env(written.maxMapCount, written.pages, bounds.resources),
      limitedFromStart: false,
      call: modelCall(written.call),
      failing: [],
    };
    for (const { release, result, after } of written.outcomes) {
      this.proved(one, release, result, after.map(vmaOf));
    }
    return this.cases.numberOf(one);
  }
}

const raceOf = (release: string, written: WrittenRace): RaceData => ({
  ...setupOf(written),
  release,
  limit: written.maxMapCount,
  threads: written.threads.map((thread) => {
    if (thread.does === 'call') return { ...thread, call: modelCall(thread.call) };
    return thread.does === 'lower' ? { does: 'lower', limit: thread.maxMapCount } : thread;
  }),
  moments: written.interleaving.map((one) => ({
    thread: one.thread,
    step: one.step,
    mapCount: one.mapCountAfter,
    limit: one.maxMapCount,
    vmas: one.vmas?.map(vmaOf) ?? null,
    result: one.result,
  })),
});

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
 */
export function verifiedData(value: unknown, where: string): VerifiedData {
  const written: VerifyFile = decode(verifyFile, value, where);
  const gathering = new Gathering(where);
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
      spec.checks.flatMap((check) => (check.check === 'compare' ? [classCounts(check)] : [])),
    ),
    cases: gathering.cases.all,
    races: gathering.races.all,
  };
}
