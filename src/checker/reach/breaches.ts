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

/** What an invariant says of a call. */
export const Verdict = { notAsked: 0, kept: 1, broken: 2 } as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

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
      if (!tally.invariant.holds(transition)) broke(tally, state, call, size);
    }
  }

  /** What the invariants say of a call, for `count`. */
  verdicts(transition: Transition): Verdict[] {
    return this.tallies.map(({ invariant }) => {
      if (!invariant.applies(transition)) return Verdict.notAsked;
      return invariant.holds(transition) ? Verdict.kept : Verdict.broken;
    });
  }

  /** As `judge`, of calls of which that is known. */
  count(verdicts: readonly Verdict[], state: number, call: number, size: number): void {
    for (let i = 0; i < verdicts.length; i++) {
      if (verdicts[i] === Verdict.notAsked) continue;
      const tally = this.tallies[i] as Tally;
      tally.applied += size;
      if (verdicts[i] === Verdict.broken) broke(tally, state, call, size);
    }
  }
}

function broke(tally: Tally, state: number, call: number, size: number): void {
  tally.broken += size;
  if (tally.state >= 0 && (tally.state !== state || tally.call < call)) return;
  tally.state = state;
  tally.call = call;
}
