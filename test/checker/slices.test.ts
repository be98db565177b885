import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import type { ReachBounds } from '../../src/checker/bounds.js';
import { type Cutting, Frontier } from '../../src/checker/reach/frontier.js';
import { mirrorOf } from '../../src/checker/reach/mirror.js';
import { type Reach, reach } from '../../src/checker/reach/reach.js';
import { type Expansion, type Slice, SliceExpander } from '../../src/checker/reach/slices.js';
import { invariants } from '../../src/invariants/index.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { limitHeld } from '../../src/invariants/limit-held.js';
import { overshootAtMostOne } from '../../src/invariants/overshoot-at-most-one.js';
import { type Machine, machine } from '../../src/model/plan.js';
import { release } from '../support/releases.js';
import { coreBounds } from './core-model.js';

const bounds = (given: Partial<ReachBounds>): ReachBounds => ({
  ...coreBounds({ pages: 4, limit: 3, mmapCap: 3 }),
  ...given,
});

interface Question {
  readonly on: Machine;
  readonly bounds: ReachBounds;
  readonly asked: readonly Invariant[];
  readonly answer: Reach;
}

const question = (id: string, within: ReachBounds, asked: readonly Invariant[]): Question => {
  const on = machine(release(id));
  return { on, bounds: within, asked, answer: reach(on, within, asked) };
};

const frontierOf = ({ on, bounds: within, asked }: Question, cutting?: Cutting): Frontier =>
  new Frontier(within, mirrorOf(on.release, within, asked), cutting);

const byMap = [limitHeld, overshootAtMostOne];
const everyCall = bounds({
  pages: 3,
  calls: ['mmap', 'munmap', 'mprotect', 'touch', 'mlock', 'munlock', 'mremap'],
});

const QUESTIONS: readonly Question[] = [
  question('v6.12', bounds({}), []),
  question('v5.1', bounds({ limit: 2 }), byMap),
  question('v6.17', bounds({ pages: 5, mmapCap: 1 }), byMap),
  question('v2.6.33', everyCall, invariants),
  question('v7.3', bounds({ pages: 3, mmapCap: 0 }), invariants),
  question('v7.2', { ...everyCall, limit: 6, mmapCap: 6, displacements: [0, 1] }, []),
  question('v6.12', bounds({ calls: ['mmap', 'mseal', 'munmap'], limit: 2, mmapCap: 2 }), byMap),
  // Too many states behind the first, within a level, by some, and by one.
  ...[1, 2, 17, 100, 232].map((maxStates) => question('v6.12', bounds({ maxStates }), byMap)),
  question('v2.6.33', { ...everyCall, maxStates: 100 }, invariants),
];

/** Numbers below so many, for as long as they are asked for. */
type Draw = (below: number) => number;

/** Whose turn it is, and what a worker sends, is drawn: twice, once, or late. */
function together(
  { on, bounds: within, asked }: Question,
  frontier: Frontier,
  workers: number,
  draw: Draw,
  onMerged: (expansion: Expansion) => void = () => {},
  until = (): boolean => false,
): void {
  const expanders = Array.from({ length: workers }, () => new SliceExpander(on, within, asked));
  const under: Slice[] = [];
  while (!frontier.isDone && !until()) {
    const slice = draw(3) > 0 ? frontier.slice() : undefined;
    if (slice !== undefined) under.push(slice);
    else if (under.length > 0) {
      const [one] = under.splice(draw(under.length), 1) as [Slice];
      const expander = expanders[draw(workers)] as SliceExpander;
      // One that a worker died of is expanded again, by whomever.
      const expansion = expander.expand(one);
      if (draw(5) === 0) under.push(one);
      else {
        frontier.take(expansion).forEach(onMerged);
        if (draw(5) === 0) frontier.take(expansion).forEach(onMerged);
      }
    }
  }
}

const draws = fc.noShrink(fc.infiniteStream(fc.nat(1 << 20)));
const drawFrom =
  (stream: Iterator<number>): Draw =>
  (below) =>
    (stream.next().value as number) % below;

const sizes = fc.constantFrom(1, 2, 7, 64, 100, 1000);
const questions = fc.constantFrom(...QUESTIONS);

describe('slices of a reach search', () => {
  test.prop([questions, sizes, fc.integer({ min: 1, max: 4 }), draws], { numRuns: 40 })(
    'come to what one state after the other comes to, whoever expands them when',
    (one, size, workers, stream) => {
      const frontier = frontierOf(one, () => size);
      together(one, frontier, workers, drawFrom(stream));
      expect(frontier.found).toEqual(one.answer);
      expect(frontier.slice()).toBeUndefined();
    },
  );

  test.prop([questions, draws], { numRuns: 10 })(
    'as they are cut unless told otherwise',
    (one, stream) => {
      const frontier = frontierOf(one);
      together(one, frontier, 2, drawFrom(stream));
      expect(frontier.found).toEqual(one.answer);
    },
  );

  test.prop([questions, sizes, fc.nat(60), draws], { numRuns: 25 })(
    'go on from what was merged, as if nothing had been in between',
    (one, size, after, stream) => {
      const draw = drawFrom(stream);
      const kept: Expansion[] = [];
      const keep = (expansion: Expansion): void => {
        kept.push(expansion);
      };
      const first = frontierOf(one, () => size);
      together(one, first, 2, draw, keep, () => kept.length >= after);
      const second = frontierOf(one, () => size);
      for (const expansion of kept) second.retake(expansion);
      expect(second.found).toEqual(first.found);
      together(one, second, 2, draw);
      expect(second.found).toEqual(one.answer);
    },
  );

  test('what is kept has each state once', () => {
    const one = QUESTIONS[0] as Question;
    let words = 0;
    let turn = 0;
    together(
      one,
      frontierOf(one, () => 7),
      3,
      (below) => turn++ % below,
      ({ successors }) => {
        words += successors.length;
      },
    );
    expect(words).toBeLessThanOrEqual(one.answer.work.spaces * (2 + one.answer.largestCount));
  });
});
