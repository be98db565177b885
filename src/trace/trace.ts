import * as t from 'io-ts';
import { wholeNumber } from '../input/codecs.js';
import { MAX_PAGES } from '../model/vma.js';
import { tracedCall } from './call.js';
import { writtenVma } from './vma.js';

/** Of the form of a trace; schemas/trace.schema.json describes it. */
export const TRACE_VERSION = 1 as const;

const orNull = <A>(codec: t.Type<A>) => t.union([codec, t.null], `${codec.name} or null`);

const vmas = t.array(writtenVma, 'VMAs');
const range = t.type({ start: t.number, pages: t.number });

/** Which pages something unmapped and mapped, and which frames it moved. */
const changes = t.type({
  unmapped: t.array(range),
  mapped: t.array(range),
  moved: t.array(t.type({ from: t.number, to: t.number, pages: t.number })),
});
export type Changes = t.TypeOf<typeof changes>;

/** Of every step, whoever runs it. */
const ran = {
  mapCountBefore: t.number,
  mapCountAfter: t.number,
  vmasChanged: t.boolean,
  /** The address space after the step; null where it is as before. */
  after: orNull(vmas),
  changes,
  /** The one who runs it holds the mmap lock. */
  locked: t.boolean,
  /** What the call returned, if the step ended it: a page, or `-` and the name of an errno. */
  result: orNull(t.string),
};

/** One step of a call. */
const microStep = t.type({
  step: t.string,
  /** The kernel function that it stands for, or is part of. */
  kernel: t.string,
  ...ran,
  /** The kernel function that was made to fail in it. */
  failed: orNull(t.string),
  /** Source and destination as they are after the step; a move of several VMAs goes from one to the next. */
  ranges: t.type({ addr: t.number, oldLen: t.number, newAddr: t.number, newLen: t.number }),
  /** How many VMAs a move of several has begun with. */
  piece: t.number,
});
export type TracedStep = t.TypeOf<typeof microStep>;

/** One step of one thread; `step` and `kernel` are null for a thread that makes no call. */
const moment = t.type({
  thread: t.number,
  step: orNull(t.string),
  kernel: orNull(t.string),
  ...ran,
  /** It looks at max_map_count. */
  counts: t.boolean,
  takesLock: t.boolean,
  maxMapCount: t.number,
});
export type TracedMoment = t.TypeOf<typeof moment>;

/** How the address space comes about. */
const begins = {
  trace: t.literal(TRACE_VERSION),
  /** Pages of the window, which is the whole address space. */
  pages: wholeNumber(1, MAX_PAGES, 'the pages of the window'),
  /** When the call is made, or the race begins. */
  maxMapCount: t.number,
  /** Calls from an empty window; null where none were found. */
  setup: orNull(t.array(tracedCall, 'calls')),
  /** Where none were found: whether all sequences of the calls tried were searched. */
  setupExhausted: t.boolean,
  /** Address spaces that were searched for them. */
  setupSearched: t.number,
  before: vmas,
};

/** What was broken, where, and within which bounds it was searched for. */
const broken = {
  release: t.string,
  invariant: t.string,
  /** What the invariant promises. */
  statement: t.string,
  /** What is wrong, in words. */
  explanation: t.string,
  /** Null where a trace was made without a search. */
  bounds: orNull(t.string),
};

/** The step that ended a call. */
const ending = t.type({ step: t.string, kernel: t.string, does: t.string });

/** A call that breaks an invariant. */
const callTrace = t.type({
  ...begins,
  ...broken,
  kind: t.literal('call'),
  limits: t.type({
    maxMapCount: t.number,
    taskEnd: t.number,
    mmapCap: t.number,
    rlimitAs: t.number,
    rlimitMemlock: t.number,
    commitLimit: t.number,
  }),
  /** The limit holds for the set-up too. */
  limitedFromStart: t.boolean,
  call: tracedCall,
  /** What was made to fail. */
  failures: t.array(
    t.type({
      /** The number of the point among those that the call meets, from 0. */
      at: t.number,
      step: t.string,
      kernel: t.string,
      errno: t.string,
    }),
  ),
  result: t.string,
  after: vmas,
  changes,
  mapCount: t.type({ before: t.number, after: t.number, peak: t.number }),
  /** By how many pages the counters of the process change. */
  accounts: t.type({ total: t.number, locked: t.number, committed: t.number }),
  endedBy: ending,
  steps: t.array(microStep),
});
export type CallTrace = t.TypeOf<typeof callTrace>;

/** A call that is drawn for what it does; it need not break anything, and is no trace by itself. */
export type ShownTrace = Omit<CallTrace, 'trace' | 'kind' | 'invariant' | 'statement' | 'bounds'>;

/** What a thread does in a race, and what came of it. */
const thread = t.union([
  t.type({ does: t.literal('call'), call: tracedCall, result: orNull(t.string) }),
  t.type({ does: t.literal('lower'), maxMapCount: t.number }),
  t.type({ does: t.literal('read'), seen: orNull(t.number) }),
]);

/** A race that breaks an invariant. */
const raceTrace = t.type({
  ...begins,
  ...broken,
  kind: t.literal('race'),
  threads: t.array(thread),
  after: vmas,
  maxMapCountAfter: t.number,
  interleaving: t.array(moment),
});
export type RaceTrace = t.TypeOf<typeof raceTrace>;

/** What one of two releases makes of a call. */
const side = t.type({
  release: t.string,
  result: t.string,
  mapCount: t.number,
  after: vmas,
  changes,
  endedBy: ending,
  steps: t.array(microStep),
});

/** A call of which two releases make different things. */
const differenceTrace = t.type({
  ...begins,
  kind: t.literal('difference'),
  bounds: orNull(t.string),
  call: tracedCall,
  outcomes: t.tuple([side, side]),
});
export type DifferenceTrace = t.TypeOf<typeof differenceTrace>;

/** A counterexample: a promise, and how it is broken. */
export type BreachTrace = CallTrace | RaceTrace;

/** All that a face of a counterexample or a difference needs; units are pages and VMAs. */
export type Trace = BreachTrace | DifferenceTrace;

type Kind<T> = t.Decoder<unknown, T> & { readonly is: (value: unknown) => boolean };

/** Decoded by its `kind`, so that a fault is reported in the trace that was meant. */
function ofKinds<T extends Trace>(kinds: Readonly<Record<string, Kind<T>>>): t.Type<T> {
  return new t.Type<T>(
    'a trace',
    (value): value is T => Object.values(kinds).some((codec) => codec.is(value)),
    (value, context) => {
      const word = (value as { kind?: unknown } | null)?.kind;
      const codec =
        typeof word === 'string' && Object.hasOwn(kinds, word) ? kinds[word] : undefined;
      return (
        codec?.validate(value, context) ??
        t.failure(value, context, `a trace, of kind ${Object.keys(kinds).join(', ')}`)
      );
    },
    t.identity,
  );
}

const BREACHES = { call: callTrace, race: raceTrace };

export const breachCodec = ofKinds<BreachTrace>(BREACHES);
export const differenceCodec = differenceTrace;
export const traceCodec = ofKinds<Trace>({ ...BREACHES, difference: differenceTrace });
