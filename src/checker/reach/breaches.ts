import type { Invariant, Transition } from '../../invariants/invariant.js';

/** What was found of an invariant in the states that were expanded. */
export interface Broken {
  readonly invariant: string;
  readonly applied: number;
  readonly broken: number;
  /** The first state in which a call breaks it, and the first such call; -1 if none does. */
  readonly state: number;
  readonly call: number;
}

/** The same while it is being found. */
interface Tally {
  readonly invariant: Invariant;
  applied: number;
  broken: number;
  state: number;
  call: number;
}

/** Calls that end alike, in one state. */
export interface Judged {
  readonly transition: Transition;
  readonly state: number;
  /** The first of them, by its place in the list of calls. */
  readonly call: number;
  readonly size: number;
}

const NOTHING_FOUND = { applied: 0, broken: 0, state: -1, call: -1 } as const;

/** Judges calls by some invariants. */
export class Breaches {
  private readonly tallies: readonly Tally[];

  constructor(invariants: readonly Invariant[]) {
    this.tallies = invariants.map((invariant) => ({ invariant, ...NOTHING_FOUND }));
  }

  /** There is nothing to be judged by. */
  get isIdle(): boolean {
    return this.tallies.length === 0;
  }

  get found(): Broken[] {
    return this.tallies.map(({ invariant, ...found }) => ({ invariant: invariant.id, ...found }));
  }

  forget(): void {
    for (const tally of this.tallies) Object.assign(tally, NOTHING_FOUND);
  }

  judge({ transition, state, call, size }: Judged): void {
    for (const tally of this.tallies) {
      if (!tally.invariant.applies(transition)) continue;
      tally.applied += size;
      if (tally.invariant.holds(transition)) continue;
      tally.broken += size;
      if (tally.state >= 0 && (tally.state !== state || tally.call < call)) continue;
      tally.state = state;
      tally.call = call;
    }
  }
}
