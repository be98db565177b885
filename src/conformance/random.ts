import fc from 'fast-check';
import { xorshift128plus } from 'pure-rand/generator/xorshift128plus';
import type { WrittenCall } from '../input/call.js';
import type { Scenario } from './scenario.js';

/** Pages of the window; what a kernel places by itself goes behind it. */
const WINDOW = 16;

type Of<C extends WrittenCall['call']> = Extract<WrittenCall, { call: C }>;
type KindWord = Of<'mmap'>['kind'];
type FlagWord = Of<'mremap'>['flags'][number];

/** Each value as often as its weight says. */
const weighted = <T>(...of: readonly (readonly [weight: number, value: T])[]): fc.Arbitrary<T> =>
  fc.oneof(...of.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));

const kinds = weighted<KindWord>(
  [6, 'anon'],
  [3, 'fpriv'],
  [2, 'fshared'],
  [2, 'shm'],
  [1, 'ramfs'],
);
const prots = weighted<'r' | 'rw'>([2, 'rw'], [1, 'r']);

/** A mapping to come, with the free pages before it. */
const segments = fc.record({
  gap: weighted([4, 0], [2, 1], [1, 2]),
  len: fc.integer({ min: 1, max: 5 }),
  kind: kinds,
  prot: prots,
  /** A file offset that continues with the address, so that neighbours may merge, or any other. */
  offset: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat(8) },
  ),
  touched: fc.constantFrom('none', 'first', 'all'),
  locked: weighted([7, false], [1, true]),
});
type Segment = typeof segments extends fc.Arbitrary<infer S> ? S : never;

/** A value by its place among some, once these are known. */
const picks = fc.nat(0xffff);
const picked = <T>(of: readonly T[], pick: number): T => of[pick % of.length] as T;

interface Range {
  readonly addr: number;
  readonly len: number;
}

/** What calls are aimed at. */
interface Ground {
  /** The interesting pages, the more so the more often. */
  readonly pages: readonly number[];
  readonly mapped: readonly Range[];
}

/** A call that is not bound to a window yet. */
type Unbound = (ground: Ground) => WrittenCall;

/** From an interesting page to another, across whatever is there. */
const anyRanges = fc.tuple(picks, picks).map(([from, to]) => ({ pages }: Ground): Range => {
  const [a, b] = [picked(pages, from), picked(pages, to)];
  return { addr: Math.min(a, b), len: Math.max(1, Math.abs(a - b)) };
});

/** All of a mapping, or its head, its tail or some of its inside. */
const partsOfMappings = fc
  .tuple(picks, fc.nat(2), fc.nat(2))
  .map(([pick, before, behind]) => ({ mapped }: Ground): Range => {
    const { addr, len } = picked(mapped, pick);
    const skipped = Math.min(before, len - 1);
    return { addr: addr + skipped, len: Math.max(1, len - skipped - behind) };
  });

const ranges = fc.oneof(
  { weight: 3, arbitrary: partsOfMappings },
  { weight: 2, arbitrary: anyRanges },
);

const ranged = <C extends 'munmap' | 'touch' | 'mlock' | 'munlock' | 'mseal'>(
  call: C,
): fc.Arbitrary<Unbound> =>
  ranges.map((range) => (ground) => ({ call, ...range(ground) }) as WrittenCall);

const mprotects: fc.Arbitrary<Unbound> = fc
  .tuple(ranges, prots)
  .map(([range, prot]) => (ground) => ({ call: 'mprotect', ...range(ground), prot }));

const mmaps: fc.Arbitrary<Unbound> = fc
  .tuple(ranges, kinds, prots, fc.nat(8))
  .map(([range, kind, prot, offset]) => (ground) => ({
    call: 'mmap',
    ...range(ground),
    kind,
    prot,
    offset,
  }));

/** Combinations that do something come more often than those that every release refuses. */
const flagSets = fc.oneof(
  { weight: 9, arbitrary: fc.constant<FlagWord[]>(['MAYMOVE', 'FIXED']) },
  {
    weight: 9,
    arbitrary: fc.constantFrom<FlagWord[]>(
      [],
      ['MAYMOVE'],
      ['MAYMOVE', 'DONTUNMAP'],
      ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
    ),
  },
  { weight: 1, arbitrary: fc.subarray<FlagWord>(['MAYMOVE', 'FIXED', 'DONTUNMAP']) },
);

/** Sources that begin and end at borders, and new addresses that begin or end there. */
const mremaps: fc.Arbitrary<Unbound> = fc
  .record({
    range: ranges,
    oldLen: fc.oneof(
      { weight: 12, arbitrary: fc.constant(undefined) },
      { weight: 4, arbitrary: fc.integer({ min: 1, max: 4 }) },
      { weight: 1, arbitrary: fc.constant(0) },
    ),
    change: weighted([10, 0], [2, -1], [2, 1], [1, -2], [1, 3]),
    flags: flagSets,
    target: picks,
    endsThere: fc.boolean(),
  })
  .map(({ range, oldLen, change, flags, target, endsThere }) => (ground) => {
    const source = range(ground);
    const length = oldLen ?? source.len;
    const newLen = Math.max(0, length + change);
    const at = picked(ground.pages, target);
    const newAddr = endsThere ? Math.max(0, at - newLen) : at;
    return { call: 'mremap', addr: source.addr, oldLen: length, newLen, flags, newAddr };
  });

/** Moves out of the inside of a mapping into the inside of one: these use up the most map slots. */
const piercing: fc.Arbitrary<Unbound> = fc
  .record({
    source: partsOfMappings,
    target: picks,
    newLen: fc.integer({ min: 1, max: 3 }),
    change: weighted([2, 0], [2, 1], [1, -1]),
    flags: weighted<FlagWord[]>([3, ['MAYMOVE', 'FIXED']], [1, ['MAYMOVE', 'FIXED', 'DONTUNMAP']]),
  })
  .map(({ source, target, newLen, change, flags }) => (ground) => {
    const { addr } = source(ground);
    const oldLen = Math.max(1, newLen + change);
    const newAddr = Math.min(picked(ground.mapped, target).addr + 1, WINDOW - 1);
    return { call: 'mremap', addr, oldLen, newLen, flags, newAddr };
  });

/** Growth in place up to the mapping behind, with which it may merge. */
const filling: fc.Arbitrary<Unbound> = fc
  .tuple(picks, fc.nat(1), fc.constantFrom<FlagWord[]>([], ['MAYMOVE']))
  .map(([pick, skipped, flags]) => ({ mapped }) => {
    const { addr: start, len } = picked(mapped, pick);
    const [addr, end] = [start + Math.min(skipped, len - 1), start + len];
    const next = mapped.find((range) => range.addr > start)?.addr ?? WINDOW;
    return { call: 'mremap', addr, oldLen: end - addr, newLen: next - addr, flags, newAddr: 0 };
  });

const tweaks = fc.oneof(
  { weight: 2, arbitrary: ranged('munmap') },
  { weight: 3, arbitrary: mprotects },
  { weight: 2, arbitrary: ranged('mlock') },
  { weight: 1, arbitrary: ranged('munlock') },
  { weight: 1, arbitrary: ranged('mseal') },
  { weight: 3, arbitrary: mremaps },
);

const calls = fc.oneof(
  { weight: 9, arbitrary: mremaps },
  { weight: 2, arbitrary: piercing },
  { weight: 2, arbitrary: filling },
  { weight: 2, arbitrary: ranged('munmap') },
  { weight: 1, arbitrary: mmaps },
  { weight: 1, arbitrary: mprotects },
  { weight: 1, arbitrary: tweaks },
  { weight: 1, arbitrary: ranged('touch') },
);

/** The calls that map the segments one behind the other, as many as fit, and where they are. */
function laidOut(list: readonly Segment[]): { setup: WrittenCall[]; mapped: Range[] } {
  const setup: WrittenCall[] = [];
  const mapped: Range[] = [];
  let at = 0;
  for (const { gap, len, kind, prot, offset, touched, locked } of list) {
    const addr = at + gap;
    if (addr + len > WINDOW) break;
    setup.push({ call: 'mmap', addr, len, kind, prot, offset: offset ?? addr });
    if (prot === 'rw' && touched !== 'none') {
      setup.push({ call: 'touch', addr, len: touched === 'all' ? len : 1 });
    }
    if (locked) setup.push({ call: 'mlock', addr, len });
    mapped.push({ addr, len });
    at = addr + len;
  }
  return { setup, mapped };
}

/** Borders more often than the pages beside them, and these more often than any other. */
function interesting(mapped: readonly Range[]): number[] {
  const near = mapped
    .flatMap(({ addr, len }) => [addr, addr + len])
    .flatMap((page) => [page - 1, page, page, page + 1]);
  const any = Array.from({ length: WINDOW }, (_, page) => page);
  return [...near, ...near, ...any].filter((page) => page >= 0 && page < WINDOW);
}

/** Most checks ask for two to six slots. */
const headrooms = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 3, max: 7 }) },
  { weight: 4, arbitrary: fc.nat(8) },
  { weight: 1, arbitrary: fc.constant(20) },
);

/** What is unmapped leaves the counters: only then does it show which VMAs were charged. */
const ending = weighted<WrittenCall[]>([2, []], [1, [{ call: 'munmap', addr: 0, len: WINDOW }]]);

/** Anything that is short enough to be understood. */
const various = fc.record({
  headroom: headrooms,
  segments: fc.array(segments, { minLength: 1, maxLength: 6, size: 'max' }),
  tweaks: fc.array(tweaks, { maxLength: 3, size: 'max' }),
  calls: fc.array(calls, { minLength: 1, maxLength: 3, size: 'max' }),
  ending,
});

/** A move that splits as much as a move can, with about as many map slots as releases ask for. */
const tight = fc.record({
  headroom: fc.integer({ min: 3, max: 6 }),
  segments: fc.array(
    segments.map((segment) => ({ ...segment, len: Math.max(3, segment.len) })),
    { minLength: 2, maxLength: 4, size: 'max' },
  ),
  tweaks: fc.constant([]),
  calls: fc.tuple(piercing),
  ending,
});

const scenarios: fc.Arbitrary<Omit<Scenario, 'id'>> = fc
  .oneof({ weight: 3, arbitrary: various }, { weight: 1, arbitrary: tight })
  .map((drawn) => {
    const { setup, mapped } = laidOut(drawn.segments);
    const ground = { pages: interesting(mapped), mapped };
    return {
      pages: WINDOW,
      headroom: drawn.headroom,
      setup: [...setup, ...drawn.tweaks.map((call) => call(ground))],
      calls: [...drawn.calls.map((call) => call(ground)), ...drawn.ending],
    };
  });

const drawing = fc.property<[Omit<Scenario, 'id'>]>(scenarios, () => {});

/**
 * Random scenarios, the same for the same seed: several mappings of all kinds, little headroom, and calls
 * whose ranges begin and end at borders more often than not. Each is drawn when it is asked for, as
 * `fc.sample` draws all at once, of which there may be too many to keep.
 */
export function* randomScenarios(count: number, seed: number): Generator<Scenario> {
  const generator = xorshift128plus(seed);
  for (let i = 0; i < count; i++) {
    generator.jump();
    const [scenario] = drawing.generate(new fc.Random(generator), i).value;
    yield { id: `random-${seed}-${i}`, ...scenario };
  }
}
