import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { callsOf } from '../../src/checker/calls.js';
import {
  addHeadrooms,
  type HeadroomBounds,
  headroomPart,
  type ShapeFigures,
} from '../../src/checker/headroom.js';
import { headroomShape } from '../../src/checker/headroom-shape.js';
import { addressSpaces } from '../../src/checker/spaces.js';
import { machine } from '../../src/model/plan.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { headroomBounds } from '../../src/verify/headroom.js';

const WRITTEN = { kind: 'anon', prot: 'rw', populated: true } as const;

/** One kind of VMA: all that these figures need. */
const plain = (pages: number) => ({ ...headroomBounds(pages), classes: [WRITTEN] });

type Figures = Record<'ends' | 'peak' | 'asks', number>;

const valuesOf = ({ ends, peak, asks }: ShapeFigures): Figures => ({
  ends: ends.value,
  peak: peak.value,
  asks: asks.value,
});

const known = new Map<string, readonly ShapeFigures[]>();

function figures(ref: string, bounds: HeadroomBounds = plain(5)): (shape: string) => Figures {
  const key = JSON.stringify([ref, bounds]);
  const shapes = known.get(key) ?? headroomPart(machine(releaseByRef(ref)), bounds).shapes;
  known.set(key, shapes);
  return (shape) => valuesOf(shapes.find((one) => one.shape === shape) as ShapeFigures);
}

describe('what calls take of map slots, by hand', () => {
  const of6_12 = figures('v6.12');

  test.each([
    // A hole in a VMA leaves two; both splits come before the removal.
    ['munmap, middle of a VMA', 1, 2],
    ['shrink in place, middle of a VMA', 1, 2],
    // An end is split off and removed.
    ['munmap, end of a VMA or all', 0, 1],
    ['shrink in place, end of a VMA', 0, 1],
    // Three VMAs of one, and none is removed.
    ['mprotect, middle of a VMA', 2, 2],
    ['mlock, middle of a VMA', 2, 2],
    ['no-op', 0, 0],
    ['grow in place', 0, 0],
    // The copy, and the hole where the source was.
    ['grow by a move', 2, 3],
    // The same and the hole for the destination.
    ['FIXED move', 3, 4],
    // The source stays whole.
    ['DONTUNMAP', 1, 1],
    ['DONTUNMAP|FIXED', 2, 2],
    ['mmap of free pages', 1, 1],
  ])('%s ends at most %d higher, %d on the way', (shape, ends, peak) => {
    expect(of6_12(shape)).toMatchObject({ ends, peak });
  });

  // Seen on 6.1.176, 6.18.44 and 7.3.4 with one slot left: ENOMEM, the first VMA split and locked.
  test('the end of a VMA and the beginning of the next, of another anon_vma, are split off both', () => {
    const ofTwo = figures('v6.12', headroomBounds(4));
    for (const shape of [
      'mprotect, several VMAs',
      'mlock, several VMAs',
      'munlock, several VMAs',
    ]) {
      expect(ofTwo(shape), shape).toEqual({ ends: 2, peak: 2, asks: 2 });
    }
  });

  test('a locked source of DONTUNMAP is split off first from 7.2 on: 2 more', () => {
    const locked = { ...headroomBounds(4), classes: [{ ...WRITTEN, locked: true }] };
    expect(figures('v7.1', locked)('DONTUNMAP, locked')).toMatchObject({ ends: 1 });
    expect(figures('v7.2', locked)('DONTUNMAP, locked')).toMatchObject({ ends: 3 });
  });
});

describe('what releases ask for, by hand', () => {
  test.each([
    // Up to 2.6.32 each split asks for a slot, although the end that is split off goes.
    ['v2.6.12', 'munmap, end of a VMA or all', 1],
    ['v2.6.33', 'munmap, end of a VMA or all', 0],
    ['v2.6.33', 'munmap, middle of a VMA', 1],
    // The hole for the destination, and what the move check asks for behind it: 4.
    ['v2.6.33', 'FIXED move', 5],
    ['v2.6.33', 'grow by a move', 4],
    // map_count + 2 < max_map_count - 3.
    ['v5.1', 'FIXED move', 6],
    ['v6.18', 'FIXED move', 6],
    ['v6.18', 'DONTUNMAP', 6],
    ['v6.18', 'no-op', 0],
    ['v6.18', 'shrink in place, middle of a VMA', 1],
    // From 7.1 on every call.
    ['v7.1', 'no-op', 4],
    ['v7.1', 'shrink in place, end of a VMA', 4],
    ['v7.1', 'FIXED move', 4],
    ['v7.1', 'DONTUNMAP', 4],
    ['v7.2', 'DONTUNMAP', 5],
    // mmap() may end one above the limit.
    ['v7.1', 'mmap of free pages', 0],
    ['v7.1', 'mprotect, middle of a VMA', 2],
  ])('%s: %s asks for %d', (ref, shape, asks) => {
    expect(figures(ref)(shape)).toMatchObject({ asks });
  });

  test('behind no check a call asks for what it takes to do all that it does with more', () => {
    // The source is not unmapped where no slot is left to split it, and the call says nothing of that.
    const unchecked = figures('v6.12[early=off,move=off]');
    expect(unchecked('grow by a move')).toMatchObject({ ends: 2, asks: 2 });
    expect(unchecked('FIXED move')).toMatchObject({ ends: 3, asks: 3 });
  });

  test('a check that asks for something else changes what is asked for, and nothing else', () => {
    const [own, weaker, none] = ['v7.1', 'v7.1[early=2]', 'v7.1[early=off]'].map((ref) =>
      figures(ref),
    );
    expect(weaker?.('no-op')).toEqual({ ...own?.('no-op'), asks: 2 });
    expect(none?.('no-op')).toEqual({ ...own?.('no-op'), asks: 0 });
    // Now the 2 of the move check count, behind the hole for the destination.
    expect(weaker?.('FIXED move')).toEqual({ ...own?.('FIXED move'), asks: 3 });
    expect(figures('v7.1[early=off,move=5]')('FIXED move').asks).toBe(6);
  });
});

describe('the search', () => {
  const bounds = headroomBounds(4);
  const on = machine(releaseByRef('v7.2'));
  const whole = headroomPart(on, bounds);

  test('finds the same in parts, in whatever order they are put together', () => {
    const parts = [0, 1, 2].map((part) => headroomPart(on, bounds, { part, parts: 3 }));
    expect(parts.reduce(addHeadrooms)).toEqual(whole);
    expect([...parts].reverse().reduce(addHeadrooms)).toEqual(whole);
  });

  test('names a witness for each figure that shows just that', () => {
    const spaces = addressSpaces(bounds);
    const calls = callsOf(bounds);
    for (const { shape, ends, peak, asks } of whole.shapes) {
      for (const [figure, { value, witnesses }] of Object.entries({ ends, peak, asks })) {
        const [{ space, call, headroom }] = witnesses as [(typeof witnesses)[number]];
        const [before, made] = [spaces.at(space), calls[call] as (typeof calls)[number]];
        const outcome = run(on, env(before.length + headroom, 4), before, [], made);
        const rise = figure === 'ends' ? outcome.mapCount : outcome.peak;
        if (figure === 'asks') expect(outcome.result < 0).toBe(value > 0);
        else expect(rise - before.length).toBe(value);
        if (outcome.result >= 0) expect(headroomShape(before, made, outcome)).toBe(shape);
      }
    }
  });

  const place = fc.record({
    space: fc.nat(addressSpaces(bounds).length - 1),
    call: fc.nat(callsOf(bounds).length - 1),
    more: fc.nat(3),
  });
  property.prop([place], { numRuns: 1000 })(
    'with what its shape asks for a call gets through, with what it needs too it ends within the limit',
    ({ space, call, more }) => {
      const before = addressSpaces(bounds).at(space);
      const made = callsOf(bounds)[call] as ReturnType<typeof callsOf>[number];
      const free = run(on, env(1000, 4), before, [], made);
      if (free.result < 0) return;
      const shape = headroomShape(before, made, free);
      const { ends, asks } = valuesOf(
        whole.shapes.find((one) => one.shape === shape) as ShapeFigures,
      );
      const limit = before.length + Math.max(ends, asks) + more;
      const outcome = run(on, env(limit, 4), before, [], made);
      expect(outcome.result).toBe(free.result);
      expect(outcome.mapCount).toBeLessThanOrEqual(limit);
    },
  );
});
