import * as t from 'io-ts';
import { oneOf } from '../input/codecs.js';
import { invariants } from '../invariants/index.js';
import { FLAG_NAMES } from '../model/calls.js';
import { CALL_NAMES } from '../model/release.js';
import { Kind, type KindName, Prot, type ProtName } from '../model/vma.js';
import { breachCodec, differenceCodec } from '../trace/trace.js';

const kind = oneOf(Object.keys(Kind) as KindName[], 'a kind');
const prot = oneOf(Object.keys(Prot) as ProtName[], 'a protection');
const callName = oneOf(CALL_NAMES, 'a call');
const flags = t.array(oneOf(FLAG_NAMES, 'a flag'));
const orNull = <A>(codec: t.Type<A>): t.Type<A | null> =>
  t.union([codec, t.null], `${codec.name} or null`) as unknown as t.Type<A | null>;

const range = { addr: t.number, len: t.number };
/** In bounds the flags of a call are bits; in traces they are names. */
const boundCall = t.union([
  t.type({
    call: t.literal('mremap'),
    addr: t.number,
    oldLen: t.number,
    newLen: t.number,
    flags: t.number,
    newAddr: t.number,
  }),
  t.type({ call: t.literal('mmap'), ...range, kind, prot, offset: t.number }),
  t.type({ call: t.literal('mprotect'), ...range, prot }),
  t.type({
    call: oneOf(['munmap', 'touch', 'mlock', 'munlock', 'mseal', 'uffd'], 'a call'),
    ...range,
  }),
]);

const mremap = t.intersection([
  t.type({
    flags: t.array(flags),
    lengths: oneOf(['any', 'equal'], 'lengths'),
    destinations: oneOf(['any', 'fits'], 'destinations'),
  }),
  t.partial({ odd: t.boolean }),
]);
const vmaClass = t.intersection([
  t.type({ kind, prot, populated: t.boolean }),
  t.partial({
    away: t.boolean,
    displaced: t.boolean,
    accounted: t.boolean,
    locked: t.boolean,
    sealed: t.boolean,
    armed: t.boolean,
  }),
]);
const limits = t.tuple([t.number, t.number], 'a pair of limits');
const spaceBounds = t.type({
  pages: t.number,
  classes: t.array(vmaClass),
  vmas: t.number,
  identities: t.number,
  displacements: t.array(t.number),
  limits,
});
const resources = t.partial({
  rlimitAs: t.number,
  rlimitMemlock: t.number,
  commitLimit: t.number,
});
const enumerateBounds = t.intersection([
  spaceBounds,
  t.type({ mremap }),
  t.partial({ resources, calls: t.array(callName), failures: t.number }),
]);
const raceThread = t.union([
  t.type({
    does: t.literal('call'),
    calls: t.array(callName),
    given: t.array(boundCall),
    mremap,
  }),
  t.type({ does: oneOf(['lower', 'read'], 'what a thread does') }),
]);
const raceBounds = t.intersection([spaceBounds, t.type({ threads: t.array(raceThread) })]);
const reachBounds = t.intersection([
  t.type({
    pages: t.number,
    limit: t.number,
    mmapCap: t.number,
    classes: t.array(vmaClass),
    calls: t.array(callName),
    mremap,
    maxStates: t.number,
  }),
  t.partial({ displacements: t.array(t.number) }),
]);

const verdictWord = oneOf(['holds', 'violated', 'untested'], 'a verdict');
const verdict = t.intersection([
  t.type({
    invariant: oneOf(
      invariants.map(({ id }) => id),
      'an invariant',
    ),
    release: t.string,
    expected: verdictWord,
    found: t.union([verdictWord, t.literal('unknown')]),
    because: t.string,
    applied: t.number,
    broken: t.number,
    counterexample: orNull(breachCodec),
  }),
  t.partial({
    confirmation: t.intersection([
      t.type({ state: oneOf(['confirmed', 'refuted', 'impossible'], 'what a kernel says') }),
      t.partial({ reason: t.string, fields: t.array(t.string) }),
    ]),
  }),
]);
export type WrittenVerdict = t.TypeOf<typeof verdict>;

const search = {
  release: t.string,
  work: t.type({ spaces: t.number, transitions: t.number, peak: t.number }),
  complete: t.boolean,
};

const CHECKS = {
  enumerate: t.type({
    check: t.literal('enumerate'),
    title: t.string,
    bounds: enumerateBounds,
    searches: t.array(t.type(search)),
    verdicts: t.array(verdict),
  }),
  race: t.type({
    check: t.literal('race'),
    title: t.string,
    bounds: raceBounds,
    searches: t.array(t.type(search)),
    verdicts: t.array(verdict),
  }),
  reach: t.type({
    check: t.literal('reach'),
    title: t.string,
    runs: t.array(t.type({ ...search, bounds: reachBounds })),
    verdicts: t.array(verdict),
  }),
  compare: t.type({
    check: t.literal('compare'),
    title: t.string,
    releases: t.tuple([t.string, t.string]),
    bounds: enumerateBounds,
    spaces: t.number,
    transitions: t.number,
    complete: t.boolean,
    classes: t.array(
      t.type({
        state: oneOf(['expected', 'unexpected', 'missing', 'unknown'], 'the state of a class'),
        shape: t.string,
        from: t.string,
        to: t.string,
        headroom: orNull(limits),
        count: t.number,
        because: orNull(t.string),
        smallest: orNull(differenceCodec),
      }),
    ),
  }),
};
export type WrittenCheck = t.TypeOf<(typeof CHECKS)[keyof typeof CHECKS]>;

/** Decoded by its `check` word, so that a fault is reported in the kind that was meant. */
const check = new t.Type<WrittenCheck>(
  'a check',
  (value): value is WrittenCheck => Object.values(CHECKS).some((codec) => codec.is(value)),
  (value, context) => {
    const word = (value as { check?: unknown } | null)?.check;
    const known = typeof word === 'string' && Object.hasOwn(CHECKS, word);
    return known
      ? CHECKS[word as keyof typeof CHECKS].validate(value, context)
      : t.failure(value, context, `a check, one of ${Object.keys(CHECKS).join(', ')}`);
  },
  t.identity,
);

/** The part of what `verify --json` writes that the page is made from. */
export const verifyFile = t.intersection([
  t.type({
    version: t.literal(1),
    complete: t.boolean,
    asExpected: t.boolean,
    transitions: t.number,
    specs: t.array(
      t.type({
        file: t.string,
        title: t.string,
        question: t.string,
        answer: t.string,
        sources: t.array(t.type({ ref: t.string, says: t.string })),
        checks: t.array(check),
      }),
    ),
  }),
  t.partial({ confirmedOn: t.type({ name: t.string, version: t.string }) }),
]);
export type VerifyFile = t.TypeOf<typeof verifyFile>;
