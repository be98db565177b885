import { type Behaviour, behaviourKey } from '../checker/behaviour.js';
import type { CompareBounds } from '../checker/bounds.js';
import type { BehaviourClass } from '../checker/compare.js';
import { type Difference, differenceOf } from '../checker/difference.js';
import { byRank } from '../checker/findings.js';
import { foundOf, machineFor } from './execute.js';
import { type Job, jobKey } from './jobs.js';
import { type SearchOptions, search } from './search.js';

/** Two releases, by their references, and where they are compared. */
export interface DiffQuestion {
  readonly releases: readonly [string, string];
  readonly bounds: CompareBounds;
}

/** Calls of one or several shapes that change alike, at the same headrooms. */
export interface Change extends Omit<Behaviour, 'shape'> {
  readonly headrooms: readonly number[];
  readonly count: number;
  /** Of each shape, the shape with the smallest call first. */
  readonly classes: readonly BehaviourClass[];
}

export interface DiffReport {
  readonly question: DiffQuestion;
  readonly changes: readonly Change[];
  readonly spaces: number;
  readonly transitions: number;
  readonly complete: boolean;
}

/** What a caller cares for most comes first: what fails now, what succeeds now, what succeeds otherwise. */
function groupOf({ from, to }: Pick<Behaviour, 'from' | 'to'>): number {
  if (from.result === 'ok') return to.result === 'ok' ? 2 : 0;
  return to.result === 'ok' ? 1 : 3;
}

const smallestFirst = (a: BehaviourClass, b: BehaviourClass): number =>
  byRank(a.witness, b.witness);

/** The smallest call of all that change so. */
const smallestOf = ({ classes }: Change): BehaviourClass => classes[0] as BehaviourClass;

/** Classes that differ in their shapes alone become one change. */
export function changesOf(classes: readonly BehaviourClass[]): Change[] {
  const found = new Map<string, BehaviourClass[]>();
  for (const one of classes) {
    const key = `${behaviourKey({ ...one, shape: '' })}|${one.headrooms.join()}`;
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  return [...found.values()]
    .map((alike): Change => {
      const sorted = [...alike].sort(smallestFirst);
      const { from, to, differs, headrooms } = sorted[0] as BehaviourClass;
      const count = alike.reduce((sum, one) => sum + one.count, 0);
      return { from, to, differs, headrooms, count, classes: sorted };
    })
    .sort((a, b) => groupOf(a) - groupOf(b) || b.count - a.count);
}

/** Compares two releases over all of the bounds; after an abort with what was done. */
export async function diff(question: DiffQuestion, options: SearchOptions): Promise<DiffReport> {
  const job: Job = { kind: 'compare', ...question };
  const key = jobKey(job);
  const { progressOf } = await search(new Map([[key, job]]), options);
  const { result, complete } = progressOf(key);
  const found = foundOf(result, 'compare');
  return {
    question,
    changes: changesOf(found?.classes ?? []),
    spaces: found?.spaces ?? 0,
    transitions: found?.transitions ?? 0,
    complete,
  };
}

/** The smallest call of a change on both releases. */
export const smallestDifference = (
  { releases: [a, b], bounds }: DiffQuestion,
  change: Change,
): Difference => differenceOf([machineFor(a), machineFor(b)], bounds, smallestOf(change).witness);
