import { Frontier } from '../checker/reach/frontier.js';
import { mirrorOf } from '../checker/reach/mirror.js';
import type { Reach } from '../checker/reach/reach.js';
import { releaseById } from '../model/releases/index.js';
import { invariantFor, type TaskResult } from './execute.js';
import type { ReachJob, Task } from './jobs.js';
import { type ExpansionText, expansionFrom, expansionText, sliceText } from './slices.js';
import type { Handed, Source } from './source.js';
import type { Unit } from './units.js';

/**
 * Reach searches that are begun, at most: each keeps its states in memory. While one has no slice to hand
 * out another may have.
 */
const OPEN = 2;

/** Who is told what. */
export interface Told {
  /** A unit is done. */
  readonly done: (unit: number, result: TaskResult) => void;
  /** A slice of a unit was merged; `broken` if something in it breaks an invariant. */
  readonly merged: (unit: number, slice: ExpansionText, broken: boolean) => void;
}

/** A task that somebody has: a unit, or a slice of one. */
interface Out {
  readonly unit: number;
  readonly frontier: Frontier | undefined;
}

/** The frontier of a reach search whose states are expanded elsewhere. */
export function frontierOf({ release, bounds, invariants }: ReachJob): Frontier {
  const asked = invariants.map(invariantFor);
  return new Frontier(bounds, mirrorOf(releaseById(release), bounds, asked));
}

/** Units to be done, in their order, but slices of reach searches first: others wait for what they lead to. */
export class Todo implements Source {
  private readonly reaches: number[];
  private readonly parts: number[];
  private readonly open = new Map<number, Frontier>();
  private readonly out = new Map<number, Out>();
  private handed = 0;

  constructor(
    private readonly units: readonly Unit[],
    todo: readonly number[],
    private readonly told: Told,
  ) {
    this.reaches = todo.filter((unit) => this.isReach(unit));
    this.parts = todo.filter((unit) => !this.isReach(unit)).reverse();
  }

  /** What reach searches that are not done have found. */
  get found(): (readonly [unit: number, found: Reach])[] {
    return [...this.open].flatMap(([unit, { found }]) =>
      found === undefined ? [] : [[unit, found]],
    );
  }

  /** Calls made in them. */
  get transitions(): number {
    return [...this.open.values()].reduce((sum, { transitions }) => sum + transitions, 0);
  }

  /** Takes a slice that was merged before. */
  retake(unit: number, slice: ExpansionText): void {
    if (!this.open.has(unit)) this.begin(this.reaches.indexOf(unit));
    this.open.get(unit)?.retake(expansionFrom(slice));
  }

  next(): Handed | undefined {
    return this.nextSlice() ?? this.nextPart();
  }

  take(number: number, result: TaskResult): void {
    const out = this.out.get(number);
    if (out === undefined) return;
    this.out.delete(number);
    const { unit, frontier } = out;
    if (frontier === undefined || result.kind !== 'slice') {
      this.told.done(unit, result);
      return;
    }
    for (const merged of frontier.take(expansionFrom(result.found))) {
      const broken = merged.findings.some((finding) => finding.broken > 0);
      this.told.merged(unit, expansionText(merged), broken);
    }
    this.end(unit, frontier);
  }

  private isReach(unit: number): boolean {
    return this.units[unit]?.task.job.kind === 'reach';
  }

  private nextPart(): Handed | undefined {
    const unit = this.parts.pop();
    return unit === undefined
      ? undefined
      : this.hand({ unit, frontier: undefined }, (this.units[unit] as Unit).task);
  }

  private nextSlice(): Handed | undefined {
    for (const [unit, frontier] of this.open) {
      const slice = frontier.slice();
      if (slice === undefined) {
        this.end(unit, frontier);
        continue;
      }
      const job = (this.units[unit] as Unit).task.job as ReachJob;
      return this.hand({ unit, frontier }, { job, slice: sliceText(slice) });
    }
    if (this.open.size >= OPEN || this.reaches.length === 0) return undefined;
    this.begin(0);
    return this.nextSlice();
  }

  private hand(out: Out, task: Task): Handed {
    const number = this.handed++;
    this.out.set(number, out);
    return { number, task };
  }

  private begin(index: number): void {
    for (const unit of this.reaches.splice(index, 1)) {
      this.open.set(unit, frontierOf((this.units[unit] as Unit).task.job as ReachJob));
    }
  }

  /** Ends a reach search that has nothing left to do. */
  private end(unit: number, frontier: Frontier): void {
    const found = frontier.isDone ? frontier.found : undefined;
    if (found === undefined || !this.open.delete(unit)) return;
    this.told.done(unit, { kind: 'reach', found });
  }
}
