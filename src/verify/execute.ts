import { match } from 'ts-pattern';
import { addComparisons, type Comparison, comparePart } from '../checker/compare.js';
import { type ConditionedCheck, withCondition } from '../checker/condition.js';
import { addEnumerations, type Enumeration, enumeratePart } from '../checker/enumerate.js';
import { addHeadrooms, type HeadroomSearch, headroomPart } from '../checker/headroom.js';
import { addNeeds, type NeedsSearch, needsPart } from '../checker/needs.js';
import { addRaces, type RaceSearch, racePart } from '../checker/race.js';
import type { Reach } from '../checker/reach/reach.js';
import { SliceExpander } from '../checker/reach/slices.js';
import { BadInput } from '../input/bad-input.js';
import { narrowedInvariant } from '../invariants/at-limit.js';
import { invariantById } from '../invariants/index.js';
import type { Invariant } from '../invariants/invariant.js';
import { type Machine, machine } from '../model/plan.js';
import type { Release } from '../model/release.js';
import { namingFaults } from '../patches/breakdown.js';
import { releaseOfReference } from '../patches/reference.js';
import { type PartTask, type ReachJob, releasesOf, type SliceTask, type Task } from './jobs.js';
import { type ExpansionText, expansionText, sliceFrom } from './slices.js';

/** What searches find, by their kind. */
interface Found {
  readonly enumerate: Enumeration;
  readonly race: RaceSearch;
  readonly compare: Comparison;
  readonly reach: Reach;
  readonly slice: ExpansionText;
  readonly headroom: HeadroomSearch;
  readonly needs: NeedsSearch;
}
type Kind = keyof Found;
type ResultOf<K extends Kind> = { [I in K]: { readonly kind: I; readonly found: Found[I] } }[K];

/** What a task found; plain data, so that it can cross to another thread. */
export type TaskResult = ResultOf<Kind>;

/** What was found, where it is known what was searched for. */
export function foundOf<K extends Kind>(
  result: TaskResult | undefined,
  ...kinds: readonly K[]
): Found[K] | undefined {
  if (result === undefined) return undefined;
  const { kind, found } = result;
  if (kinds.some((one) => one === kind)) return found as Found[K];
  throw new Error(`found a result of ${kind}, expected one of ${kinds.join(' or ')}`);
}

const machines = new Map<string, Machine>();

/**
 * The release ready to run, made once a thread. References are checked when they are read, modules that
 * nobody asked for among them; each thread reads the files of patches for itself.
 */
export function machineFor(ref: string): Machine {
  let on = machines.get(ref);
  if (on === undefined) {
    on = machine(releaseOfReference(ref, { modules: true }));
    machines.set(ref, on);
  }
  return on;
}

/** The same to make single calls on, which says of a patch what it does wrong. */
export const releaseToCall = (ref: string): Release => namingFaults(machineFor(ref).release);

/** The release with another condition in one of its checks, if one is given. */
export function conditionedMachine(
  ref: string,
  conditioned: ConditionedCheck | undefined,
): Machine {
  const plain = machineFor(ref);
  if (conditioned === undefined) return plain;
  const key = JSON.stringify([ref, conditioned]);
  let on = machines.get(key);
  if (on === undefined) {
    on = machine(withCondition(plain.release, conditioned));
    machines.set(key, on);
  }
  return on;
}

/** The invariant of this name, or one narrowed; names are checked when they are read, so there is one. */
export function invariantFor(name: string): Invariant {
  const invariant = narrowedInvariant(name, invariantById);
  if (invariant === undefined) throw new Error(`no invariant ${name}`);
  return invariant;
}

/** Expanders of the searches that this thread did slices of last: they remember what they have learned. */
const expanders = new Map<string, SliceExpander>();
const EXPANDERS = 2;

function expanderFor(job: ReachJob): SliceExpander {
  const key = JSON.stringify(job);
  const { release, bounds, invariants } = job;
  const expander =
    expanders.get(key) ??
    new SliceExpander(machineFor(release), bounds, invariants.map(invariantFor));
  // The one used last is the last in the map.
  expanders.delete(key);
  expanders.set(key, expander);
  for (const other of expanders.keys()) if (expanders.size > EXPANDERS) expanders.delete(other);
  return expander;
}

const executeSlice = ({ job, slice }: SliceTask): TaskResult => ({
  kind: 'slice',
  found: expansionText(expanderFor(job).expand(sliceFrom(slice))),
});

const executed = (task: Task): TaskResult =>
  'slice' in task ? executeSlice(task) : executePart(task);

/** What the patches of a piece of work do wrong, which is done again with steps that say so; undefined if nothing. */
function faultIn(task: Task): BadInput | undefined {
  const releases = releasesOf(task.job).map((ref) => machineFor(ref).release);
  const patches = releases.filter((release) => namingFaults(release) !== release);
  if (patches.length === 0) return undefined;
  machines.clear();
  expanders.clear();
  for (const patch of patches) machines.set(patch.id, machine(namingFaults(patch)));
  try {
    executed(task);
  } catch (error) {
    if (error instanceof BadInput) return error;
  }
  return undefined;
}

/** Does one piece of work; throws BadInput where a patch breaks down. */
export function execute(task: Task): TaskResult {
  try {
    return executed(task);
  } catch (error) {
    if (error instanceof BadInput) throw error;
    throw faultIn(task) ?? error;
  }
}

const executePart = ({ job, part, parts }: PartTask): TaskResult =>
  match(job)
    .returnType<TaskResult>()
    .with({ kind: 'enumerate' }, ({ release, bounds, invariants, conditioned }) => {
      const on = conditionedMachine(release, conditioned);
      const asked = invariants.map(invariantFor);
      return { kind: 'enumerate', found: enumeratePart(on, bounds, asked, { part, parts }) };
    })
    .with({ kind: 'race' }, ({ release, bounds, invariants }) => ({
      kind: 'race',
      found: racePart(machineFor(release), bounds, invariants.map(invariantFor), { part, parts }),
    }))
    .with({ kind: 'compare' }, ({ releases: [a, b], bounds }) => ({
      kind: 'compare',
      found: comparePart([machineFor(a), machineFor(b)], bounds, { part, parts }),
    }))
    .with({ kind: 'reach' }, () => {
      throw new Error('a reach search is done in slices');
    })
    .with({ kind: 'headroom' }, ({ release, bounds }) => ({
      kind: 'headroom',
      found: headroomPart(machineFor(release), bounds, { part, parts }),
    }))
    .with({ kind: 'needs' }, ({ release, check, bounds, promises }) => ({
      kind: 'needs',
      found: needsPart(machineFor(release).release, check, bounds, promises.map(invariantFor), {
        part,
        parts,
      }),
    }))
    .exhaustive();

/** Pieces of one job put together; the order does not matter. */
export function addResults(a: TaskResult, b: TaskResult): TaskResult {
  if (a.kind === 'enumerate' && b.kind === 'enumerate') {
    return { kind: 'enumerate', found: addEnumerations(a.found, b.found) };
  }
  if (a.kind === 'race' && b.kind === 'race') {
    return { kind: 'race', found: addRaces(a.found, b.found) };
  }
  if (a.kind === 'compare' && b.kind === 'compare') {
    return { kind: 'compare', found: addComparisons(a.found, b.found) };
  }
  if (a.kind === 'headroom' && b.kind === 'headroom') {
    return { kind: 'headroom', found: addHeadrooms(a.found, b.found) };
  }
  if (a.kind === 'needs' && b.kind === 'needs') {
    return { kind: 'needs', found: addNeeds(a.found, b.found) };
  }
  throw new Error('results of different searches');
}

/** Calls made by a piece of work. */
export const transitionsOf = (result: TaskResult): number =>
  'work' in result.found ? result.found.work.transitions : result.found.transitions;
