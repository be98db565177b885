import { displacementOf } from '../../model/vma.js';
import type { ReachBounds } from '../bounds.js';
import type { Expander } from './expander.js';
import { Marks } from './marks.js';

/** Which successors of states are to be searched: those within the bounds, each once as far as is remembered. */
export class Fresh {
  /** Address spaces of the expander that were taken, or are out of bounds. */
  private readonly known = new Marks();
  private generation = 0;
  private readonly allowed: ReadonlySet<number> | undefined;

  constructor(
    private readonly expander: Expander,
    { displacements }: ReachBounds,
  ) {
    this.allowed = displacements && new Set(displacements);
  }

  /** Where the state expanded last leads to and none before, in the order of the calls. */
  take(): number[] {
    const { expander, known } = this;
    if (expander.generation !== this.generation) {
      this.forget();
      this.generation = expander.generation;
    }
    const unknown = expander.successors.filter((space) => !known.has(space));
    for (const space of unknown) known.add(space);
    return unknown
      .filter((space) => this.isWithin(space))
      .sort((a, b) => expander.firstCall(a) - expander.firstCall(b));
  }

  forget(): void {
    this.known.clear();
  }

  private isWithin(space: number): boolean {
    const { allowed } = this;
    return (
      allowed === undefined ||
      this.expander.space(space).every((vma) => allowed.has(displacementOf(vma)))
    );
  }
}
