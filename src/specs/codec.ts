import * as t from 'io-ts';
import { isAccountedAnyway } from '../checker/bounds.js';
import { OUTCOMES } from '../checker/coarse.js';
import { MREMAP_SHAPES } from '../checker/shape.js';
import { BadInput } from '../input/bad-input.js';
import { writtenCall } from '../input/call.js';
import { distinct, exactly, exactlyWith, oneOf, pair, some, wholeNumber } from '../input/codecs.js';
import { pathOf } from '../input/decode.js';
import { invariantById, invariants } from '../invariants/index.js';
import { FLAG_NAMES } from '../model/calls.js';
import { CALL_NAMES } from '../model/release.js';
import { UnknownRelease } from '../model/releases/variant.js';
import { Kind, type KindName, Prot, type ProtName } from '../model/vma.js';
import { type Reading, releaseOfReference } from '../patches/reference.js';
import { OUTCOME_WORDS } from './expected-classes.js';

/** A string that some test accepts, with a message of its own where it does not. */
function checked(name: string, fault: (text: string) => string | undefined): t.Type<string> {
  return new t.Type<string>(
    name,
    (value): value is string => typeof value === 'string' && fault(value) === undefined,
    (value, context) => {
      if (typeof value !== 'string') return t.failure(value, context);
      const message = fault(value);
      return message === undefined ? t.success(value) : t.failure(value, context, message);
    },
    t.identity,
  );
}

/**
 * A reference to a release, decoded as the id of it, which is a reference wherever it is read.
 *
 * @param where names the file in messages
 */
const releaseCodec = (where: string, how: Reading): t.Type<string> =>
  new t.Type<string>(
    'a release',
    (value): value is string => typeof value === 'string',
    (value, context) => {
      if (typeof value !== 'string') return t.failure(value, context);
      try {
        return t.success(releaseOfReference(value, how).id);
      } catch (error) {
        if (error instanceof BadInput) {
          throw new BadInput(`${where}: ${pathOf(context)}: ${error.message}`);
        }
        if (!(error instanceof UnknownRelease)) throw error;
        return t.failure(value, context, `a release, ${error.expected}`);
      }
    },
    t.identity,
  );

const invariant = checked('an invariant', (id) =>
  invariantById(id) === undefined
    ? `an invariant, one of ${invariants.map((known) => known.id).join(', ')}`
    : undefined,
);

const KINDS = Object.keys(Kind) as KindName[];
const PROTS = Object.keys(Prot) as ProtName[];
/** What mmap() maps. */
const MAPPED = KINDS.flatMap((kind) => PROTS.map((prot) => `${kind} ${prot}`));
const mappedClass = oneOf(MAPPED, 'a class of VMA');

const CLASS =
  /^(?<plain>\S+ \S+)(?: (?<written>populated(?: away)?|displaced))?(?: (?<account>accounted|unaccounted))?(?<states>(?: locked)?(?: sealed)?(?: armed)?)$/;

/** Whether there is such a VMA, of a kind and protection that there are. */
function isPossible(
  plain: string,
  { written, account, states = '' }: Readonly<Record<string, string | undefined>>,
): boolean {
  const [kind, prot] = plain.split(' ') as [KindName, ProtName];
  const isPrivate = Kind[kind] < Kind.fshared;
  const populated = written?.startsWith('populated') === true;
  const isAccounted = isAccountedAnyway({ kind, prot, populated });
  if (populated && !isPrivate) return false;
  if (written === 'populated away' && kind !== 'fpriv') return false;
  if (written === 'displaced' && kind !== 'anon') return false;
  // mlock() and userfaultfd leave these alone.
  if (states.includes('locked') && (kind === 'special' || kind === 'hugetlb')) return false;
  if (states.includes('armed') && (kind === 'special' || kind === 'ramfs')) return false;
  return account === undefined || (isPrivate && isAccounted === (account === 'unaccounted'));
}

/**
 * A VMA as calls may leave it: `populated` if it is private, also `away` if it is of a file, or `displaced` if
 * it is anonymous; `accounted` or `unaccounted` where it is private and not so anyway; `locked`, `sealed`,
 * `armed`; in this order.
 */
export const vmaClass = checked('a class of VMA', (words) => {
  const { plain, ...states } = CLASS.exec(words)?.groups ?? {};
  return plain !== undefined && MAPPED.includes(plain) && isPossible(plain, states)
    ? undefined
    : `a class of VMA, one of ${MAPPED.join(', ')}, then populated (if private), perhaps away (if fpriv), or displaced (if anon), accounted or unaccounted (if private and not so anyway), locked (not special, hugetlb), sealed, armed (not special, ramfs), in this order`;
});

const callName = oneOf(CALL_NAMES, 'a call');
const pages = wholeNumber(1, 32, 'pages');
const limit = wholeNumber(0, 1_000_000, 'a map limit');
const text = checked('a sentence', (value) => (value.trim() === '' ? 'some words' : undefined));
const flagSets = distinct(t.array(oneOf(FLAG_NAMES, 'a flag')), (set) =>
  [...new Set(set)].sort().join(),
);
type FlagSets = t.TypeOf<typeof flagSets>;

/** A list is decoded as one, so that a fault is reported in it. */
const flags = new t.Type<'any' | FlagSets>(
  '"any" or a list of lists of flags',
  (value): value is 'any' | FlagSets => value === 'any' || flagSets.is(value),
  (value, context) => {
    if (value === 'any') return t.success(value);
    return Array.isArray(value) ? flagSets.validate(value, context) : t.failure(value, context);
  },
  t.identity,
);

const mremapProps = {
  flags,
  lengths: oneOf(['any', 'equal'], 'lengths'),
  destinations: oneOf(['any', 'fits'], 'destinations'),
  arguments: oneOf(['plain', 'any'], 'arguments'),
};

/** One call changes a displacement by less than a window, so what it leaves still fits a VMA word. */
const displacements = distinct(wholeNumber(-31, 31, 'a displacement in pages'));

const spaceProps = {
  pages,
  classes: distinct(vmaClass),
  limits: pair(limit, 'a pair of the least and the greatest map limit'),
};
const spaceOptions = {
  vmas: wholeNumber(1, 32, 'VMAs'),
  identities: wholeNumber(1, 15, 'identities'),
  displacements,
};

const limitProps = {
  rlimitAs: wholeNumber(0, 1000, 'pages'),
  rlimitMemlock: wholeNumber(0, 1000, 'pages'),
  commitLimit: wholeNumber(0, 1000, 'pages'),
};

/** Two releases are compared by mremap() alone, with nothing made to fail. */
const compareBounds = exactlyWith(
  spaceProps,
  { ...spaceOptions, ...limitProps, ...mremapProps },
  'bounds',
);

const enumerateBounds = exactlyWith(
  spaceProps,
  {
    ...spaceOptions,
    ...limitProps,
    calls: distinct(callName),
    failures: wholeNumber(0, 3, 'failures in one call'),
    ...mremapProps,
  },
  'bounds',
);

/** The name of a call stands for every such call, an object for one. */
const callOrName = new t.Type<t.TypeOf<typeof callName> | t.TypeOf<typeof writtenCall>>(
  'a call',
  (value): value is t.TypeOf<typeof callName> | t.TypeOf<typeof writtenCall> =>
    callName.is(value) || writtenCall.is(value),
  (value, context) =>
    typeof value === 'object' && value !== null
      ? writtenCall.validate(value, context)
      : callName.is(value)
        ? t.success(value)
        : t.failure(value, context, `${callName.name}, or an object as scenarios have it`),
  t.identity,
);

const THREADS = {
  calls: exactlyWith({ calls: distinct(callOrName) }, mremapProps, 'a thread that makes a call'),
  sysctl: exactly({ sysctl: t.literal('lower') }, 'a thread that lowers the limit'),
  reader: exactly({ reader: t.literal(true) }, 'a thread that reads map_count'),
};
type ThreadWord = keyof typeof THREADS;
type WrittenThread = t.TypeOf<(typeof THREADS)[ThreadWord]>;

/** Decoded by the field that says what it does, so that a fault is reported in the kind that was meant. */
const thread = new t.Type<WrittenThread>(
  'a thread',
  (value): value is WrittenThread => Object.values(THREADS).some((codec) => codec.is(value)),
  (value, context) => {
    const word = (Object.keys(THREADS) as ThreadWord[]).find(
      (name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name),
    );
    return word === undefined
      ? t.failure(
          value,
          context,
          'a thread, an object with calls, with "sysctl": "lower", or with "reader": true',
        )
      : THREADS[word].validate(value, context);
  },
  t.identity,
);

const raceBounds = exactlyWith({ ...spaceProps, threads: some(thread) }, spaceOptions, 'bounds');

const reachBounds = exactlyWith(
  { classes: distinct(mappedClass), calls: distinct(callName) },
  { ...mremapProps, displacements, maxStates: wholeNumber(1, 1_000_000_000, 'states') },
  'bounds',
);

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER, 'a count');

const reachRun = exactlyWith(
  { pages, limit },
  {
    mmapCap: limit,
    states: count,
    transitions: count,
    edges: count,
    largestCount: count,
  },
  'a run',
);

const source = exactly({ ref: text, says: text }, 'a source');
const expectationCodec = (release: t.Type<string>) =>
  exactly(
    {
      invariant,
      releases: some(release),
      verdict: oneOf(['holds', 'violated', 'untested'], 'a verdict'),
      because: text,
    },
    'an expectation',
  );
const outcome = checked('an outcome', (words) =>
  OUTCOMES.includes(words) ? undefined : OUTCOME_WORDS,
);
const shape = checked('a shape', (words) =>
  MREMAP_SHAPES.includes(words)
    ? undefined
    : `a shape, one of ${MREMAP_SHAPES.map((known) => `"${known}"`).join(', ')}`,
);
const expectedClass = exactly(
  {
    shape,
    from: outcome,
    to: text,
    headroom: pair(
      wholeNumber(-32, 1_000_000, 'headroom'),
      'a pair of the least and the greatest headroom',
    ),
    because: text,
  },
  'an expected class',
);

const checkCodecs = (release: t.Type<string>) => {
  const expectation = expectationCodec(release);
  return {
    enumerate: exactly(
      {
        check: t.literal('enumerate'),
        title: text,
        bounds: enumerateBounds,
        expect: some(expectation),
      },
      'an enumerate check',
    ),
    reach: exactly(
      {
        check: t.literal('reach'),
        title: text,
        release,
        bounds: reachBounds,
        runs: some(reachRun),
        expect: t.array(expectation),
      },
      'a reach check',
    ),
    race: exactly(
      {
        check: t.literal('race'),
        title: text,
        bounds: raceBounds,
        expect: some(expectation),
      },
      'a race check',
    ),
    compare: exactly(
      {
        check: t.literal('compare'),
        title: text,
        releases: pair(release, 'a pair of releases'),
        bounds: compareBounds,
        expect: t.array(expectedClass),
      },
      'a compare check',
    ),
  };
};
type CheckCodecs = ReturnType<typeof checkCodecs>;
type CheckWord = keyof CheckCodecs;
type WrittenCheck = t.TypeOf<CheckCodecs[CheckWord]>;

/** Decoded by its `check` word, so that a fault is reported in the kind that was meant. */
function checkCodec(release: t.Type<string>): t.Type<WrittenCheck> {
  const codecs = checkCodecs(release);
  return new t.Type<WrittenCheck>(
    'a check',
    (value): value is WrittenCheck => Object.values(codecs).some((codec) => codec.is(value)),
    (value, context) => {
      const word = (value as { check?: unknown } | null)?.check;
      const known = typeof word === 'string' && Object.hasOwn(codecs, word);
      const codec = known ? codecs[word as CheckWord] : undefined;
      return codec === undefined
        ? t.failure(value, context, `a check, one of ${Object.keys(codecs).join(', ')}`)
        : codec.validate(value, context);
    },
    t.identity,
  );
}

/**
 * A spec file as it is written, with references to releases as their ids.
 *
 * @param where names the file in messages
 */
export const specCodec = (where: string, how: Reading) =>
  exactly(
    {
      spec: t.literal(1),
      title: text,
      question: text,
      answer: text,
      sources: t.array(source),
      checks: some(checkCodec(releaseCodec(where, how))),
    },
    'a spec',
  );

export type WrittenSpec = t.TypeOf<ReturnType<typeof specCodec>>;
export type WrittenBounds = t.TypeOf<typeof enumerateBounds>;
export type WrittenRaceBounds = t.TypeOf<typeof raceBounds>;
export type WrittenReachBounds = t.TypeOf<typeof reachBounds>;
export type WrittenReachRun = t.TypeOf<typeof reachRun>;
export type WrittenMremap = t.TypeOf<t.PartialC<typeof mremapProps>>;
