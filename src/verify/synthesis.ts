import type { EnumerateBounds } from '../checker/bounds.js';
import { CONDITION_KINDS, type ConditionBy, coarser, partsOf } from '../checker/call-case.js';
import { type Condition, isUnlocked } from '../checker/condition.js';
import { type Counterexample, fromEnumeration } from '../checker/counterexample.js';
import type { Enumeration } from '../checker/enumerate.js';
import { type CaseNeed, mergedCases, type NeedsSearch } from '../checker/needs.js';
import { type Rule, rulesOf } from '../checker/rules.js';
import { atLimitName } from '../invariants/at-limit.js';
import { enumerateBounds } from '../specs/load.js';
import {
  conditionedMachine,
  foundOf,
  invariantFor,
  machineFor,
  type TaskResult,
} from './execute.js';
import { type Job, jobKey } from './jobs.js';
import { inStages, type SearchOptions, search } from './search.js';

/** Which check of which release, and what it is to keep. */
export interface SynthesisQuestion {
  /** A reference that is known. */
  readonly release: string;
  /** The name of a step that the release has. */
  readonly check: string;
  /** Names of invariants that are known, `/one-vma` behind some. */
  readonly promises: readonly string[];
  /** None of them may be left out. */
  readonly named: boolean;
  readonly pages: number;
}

/** A condition of one kind that has been found, and what a search of the release with it says. */
export interface Stage {
  readonly by: ConditionBy;
  /** What each case has to ask for, by name. */
  readonly cases: readonly CaseNeed[];
  readonly condition: Condition;
  /** Cases in which what one call needs breaks a promise by the refusal of another. */
  readonly torn: readonly string[];
  /** Promises that the release with this condition breaks within the bounds; undefined if not searched to the end. */
  readonly broken: readonly string[] | undefined;
  /** Calls refused for want of map slots, by whatever check, and those of them that would have ended within the limit. */
  readonly refused: number;
  readonly needless: number;
}

export interface SynthesisReport {
  readonly question: SynthesisQuestion;
  readonly bounds: EnumerateBounds;
  /** What the check is said to do in the release. */
  readonly does: string;
  /** Promises that a condition is to keep; the others are left out. */
  readonly kept: readonly string[];
  /** Those of them that are broken with the condition that the check has. */
  readonly sought: readonly string[];
  /** Promises that are broken as it is, and with any other condition too. */
  readonly leftOut: readonly string[];
  /** The same of the release as it is. */
  readonly refused: number;
  readonly needless: number;
  readonly stages: readonly Stage[];
  /** The check comes before the lock, where it cannot rely on the address space. */
  readonly unlocked: boolean;
  readonly transitions: number;
  readonly complete: boolean;
}

const NEEDLESS = 'no-needless-enomem';

/** Map slots above the pages of the window up to which limits are tried: more than any check asks for. */
const ABOVE = 6;

/** Every mremap() with flags that make sense, in every address space, under every limit that makes a difference. */
export const synthesisBounds = (pages: number): EnumerateBounds =>
  enumerateBounds({
    pages,
    classes: ['anon rw populated', 'anon rw populated locked'],
    identities: 1,
    limits: [0, pages + ABOVE],
    flags: [
      [],
      ['MAYMOVE'],
      ['MAYMOVE', 'FIXED'],
      ['MAYMOVE', 'DONTUNMAP'],
      ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
    ],
    destinations: 'fits',
  });

/** The search that tells whether the release keeps the promises, with another condition or its own. */
const proofOf = (
  { release, check }: SynthesisQuestion,
  bounds: EnumerateBounds,
  promises: readonly string[],
  condition?: Condition,
): Job => ({
  kind: 'enumerate',
  release,
  bounds,
  invariants: [...promises.map(atLimitName), NEEDLESS],
  ...(condition === undefined ? {} : { conditioned: { check, condition } }),
});

/** What a check must ask for so that each of its cases does; of other cases as of the most demanding. */
function conditionOf(by: ConditionBy, cases: readonly CaseNeed[]): Condition {
  const most = mergedCases(cases.map((one) => ({ ...one, name: '' })))[0]?.least ?? null;
  const needs = Object.fromEntries(cases.map(({ name, least }) => [name, least]));
  return { by, needs, otherwise: most };
}

const isTorn = ({ least, most }: CaseNeed): boolean =>
  least !== null && most !== null && least > most;

type Proof = Pick<Stage, 'broken' | 'refused' | 'needless'>;

/** What a finished search says of the promises. */
function proved(found: Enumeration | undefined): Proof {
  if (found === undefined) return { broken: undefined, refused: 0, needless: 0 };
  const ofPromises = found.findings.filter(({ invariant }) => invariant !== NEEDLESS);
  const needless = found.findings.find(({ invariant }) => invariant === NEEDLESS);
  return {
    broken: ofPromises.filter(({ broken }) => broken > 0).map(({ invariant }) => invariant),
    refused: needless?.applied ?? 0,
    needless: needless?.broken ?? 0,
  };
}

/** Does searches in a row, each with what came of those before. */
class Searches {
  transitions = 0;
  /** How many there will be, as far as is known. */
  stages = 3;
  private done = 0;

  constructor(private readonly options: SearchOptions) {}

  /** What came of each, in their order; undefined where it was not done to the end. */
  async make(jobs: readonly Job[]): Promise<(TaskResult | undefined)[]> {
    const before = this.transitions;
    const { progressOf, transitions } = await search(
      new Map(jobs.map((job) => [jobKey(job), job])),
      {
        ...this.options,
        onProgress: (p) => this.options.onProgress?.(inStages(p, this.done, this.stages, before)),
      },
    );
    this.transitions += transitions;
    this.done++;
    return jobs.map((job) => {
      const { result, complete } = progressOf(jobKey(job));
      return complete ? result : undefined;
    });
  }
}

/** The conditions that the cases of a finished search call for, not searched yet. */
function stagesOf(
  cases: readonly CaseNeed[],
  kinds: readonly ConditionBy[],
): Omit<Stage, keyof Proof>[] {
  return kinds.map((by) => {
    const coarse = mergedCases(cases.map((one) => ({ ...one, name: coarser(by, one.name) })));
    const torn = coarse.filter(isTorn).map(({ name }) => name);
    return { by, cases: coarse, condition: conditionOf(by, coarse), torn };
  });
}

/** Whether some condition keeps a promise that the search was made for: no call breaks it without the check, or whatever the check says. */
function canBeKept({ cases, beyond }: NeedsSearch, finest: ConditionBy): boolean {
  return beyond.length === 0 && stagesOf(cases, [finest]).every(({ torn }) => torn.length === 0);
}

/**
 * Finds the weakest condition on headroom of a check that keeps the promises: a constant, one by the shape
 * of the call, and one by the facts that the check can see. First the promises that the release keeps as
 * it is, and of the others those that another condition could keep; then, with every call passing, what
 * each case has to ask for; then each condition is put into the release and searched.
 *
 * Each case is decided for itself: a check does something to its own call alone, and the promises are
 * about single calls. A call that passes by the check more than once is put down to the time at which
 * the headroom is least, which is why the condition is searched as a whole in the end.
 */
export async function synthesis(
  question: SynthesisQuestion,
  options: SearchOptions,
): Promise<SynthesisReport> {
  const { release, check, promises, named, pages } = question;
  const bounds = synthesisBounds(pages);
  const searches = new Searches(options);
  const on = machineFor(release).release;
  const unlocked = isUnlocked(on, check);
  const kinds = CONDITION_KINDS.filter((by) => by !== 'facts' || !unlocked);
  const needsOf = (asked: readonly string[]): Job => ({
    kind: 'needs',
    release,
    check,
    bounds,
    promises: asked.map(atLimitName),
  });

  const [asItIs] = await searches.make([proofOf(question, bounds, promises)]);
  const own = proved(foundOf(asItIs, 'enumerate'));
  const isBroken = (name: string): boolean => own.broken?.includes(name) === true;
  const broken = promises.filter(isBroken);
  const tried = named ? [] : broken;
  if (tried.length > 0) searches.stages++;
  const trials =
    tried.length === 0
      ? []
      : await searches.make(
          tried.map((name) => needsOf(promises.filter((one) => one === name || !isBroken(one)))),
        );
  const finest = kinds.at(-1) as ConditionBy;
  const leftOut = tried.filter((_, i) => {
    const trial = foundOf(trials[i], 'needs');
    return trial !== undefined && !canBeKept(trial, finest);
  });
  const kept = promises.filter((name) => !leftOut.includes(name));
  const [needs] = own.broken === undefined ? [] : await searches.make([needsOf(kept)]);
  const found = foundOf(needs, 'needs');
  const stages = found === undefined ? [] : stagesOf(found.cases, kinds);
  const proofs = await searches.make(
    stages.map(({ condition }) => proofOf(question, bounds, kept, condition)),
  );
  const proven = stages.map((stage, i) => ({
    ...stage,
    ...proved(foundOf(proofs[i], 'enumerate')),
  }));
  return {
    question,
    bounds,
    does: on.calls.mremap.find(({ name }) => name === check)?.does ?? '',
    kept,
    sought: broken.filter((name) => !leftOut.includes(name)),
    leftOut,
    refused: own.refused,
    needless: own.needless,
    stages: proven,
    unlocked,
    transitions: searches.transitions,
    complete: found !== undefined && proven.every(({ broken }) => broken !== undefined),
  };
}

/** The cases of a stage as a table of rules, the most demanding first; of one kind of call each. */
export function stageRules({ cases }: Pick<Stage, 'cases'>): { shape: string; rules: Rule[] }[] {
  const shapes = [...new Set(cases.map(({ name }) => partsOf(name).shape))];
  return shapes.map((shape) => {
    const table = cases.flatMap(({ name, least }) => {
      const parts = partsOf(name);
      return parts.shape === shape ? [{ facts: parts.facts, need: least }] : [];
    });
    return { shape, rules: rulesOf(table) };
  });
}

/** The smallest call that breaks a promise where one of the cases asks for one map slot less; none for one that asks for nothing. */
export function oneLess(
  { question, bounds }: SynthesisReport,
  { condition }: Stage,
  { name, least, witnesses }: CaseNeed,
): Counterexample | undefined {
  if (least === null) return undefined;
  const lowered = { ...condition, needs: { ...condition.needs, [name]: least - 1 } };
  const on = conditionedMachine(question.release, { check: question.check, condition: lowered });
  const [first] = witnesses;
  if (first === undefined) return undefined;
  const alike = witnesses.filter(({ invariant }) => invariant === first.invariant);
  return fromEnumeration(on, bounds, invariantFor(atLimitName(first.invariant)), {
    witnesses: alike,
  });
}
