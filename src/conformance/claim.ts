import * as t from 'io-ts';
import { oneOf, wholeNumber } from '../input/codecs.js';
import { decode } from '../input/decode.js';
import {
  Kind,
  type KindName,
  MAX_PAGES,
  makeVma,
  Prot,
  type ProtName,
  VM_ACCOUNT,
  VM_LOCKED,
  VM_SEALED,
  VM_UFFD,
  type Vma,
} from '../model/vma.js';

const writtenVma = t.type({
  start: wholeNumber(0, MAX_PAGES - 1, 'a page'),
  pages: wholeNumber(1, MAX_PAGES, 'a length in pages'),
  kind: oneOf(Object.keys(Kind) as KindName[], 'a kind'),
  prot: oneOf(Object.keys(Prot) as ProtName[], 'a protection'),
  offset: t.number,
  identity: t.number,
  accounted: t.boolean,
  locked: t.boolean,
  sealed: t.boolean,
  armed: t.boolean,
});
type WrittenVma = t.TypeOf<typeof writtenVma>;

const point = t.type({ kernel: t.string });

/** The part of a counterexample of `verify --json` that says what was done and what came of it. */
const writtenCall = t.type({
  pages: wholeNumber(1, MAX_PAGES, 'the pages of the window'),
  maxMapCount: t.number,
  limits: t.type({
    mmapCap: t.number,
    rlimitAs: t.number,
    rlimitMemlock: t.number,
    commitLimit: t.number,
  }),
  setup: t.union([t.null, t.array(t.UnknownRecord)]),
  limitedFromStart: t.boolean,
  before: t.array(writtenVma),
  call: t.UnknownRecord,
  failures: t.array(point),
  result: t.string,
  after: t.array(writtenVma),
});
export type WrittenCounterexample = t.TypeOf<typeof writtenCall>;

/** Of a race it is enough to know that it is one. */
const writtenRace = t.type({ threads: t.array(t.unknown) });
type WrittenRace = t.TypeOf<typeof writtenRace>;

/** That a promise is broken on a release, and how. */
export interface Claim {
  /** Undefined where the file has a counterexample alone. */
  readonly invariant: string | undefined;
  readonly release: string | undefined;
  readonly shown: WrittenCounterexample | WrittenRace;
}

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

const isCounterexample = (value: unknown): value is Json =>
  isJson(value) && 'explanation' in value && 'before' in value;

/** A counterexample as `verify --json` writes it, with what is said of it around; throws BadInput. */
export function claimOf(
  shown: unknown,
  around: { readonly invariant?: unknown; readonly release?: unknown },
  where: string,
): Claim {
  const { invariant, release } = around;
  const isRace = isJson(shown) && 'threads' in shown;
  return {
    invariant: typeof invariant === 'string' ? invariant : undefined,
    release: typeof release === 'string' ? release : undefined,
    shown: isRace ? decode(writtenRace, shown, where) : decode(writtenCall, shown, where),
  };
}

/**
 * Every counterexample in what `verify --json` or `sensitivity --json` wrote, or in a part of it; throws
 * BadInput.
 *
 * @param where names the file and the place in it, as `report.json: .specs[0]`
 */
export function claimsIn(value: unknown, where: string, around: Json = {}): Claim[] {
  if (!isJson(value)) return [];
  if (isCounterexample(value)) return [claimOf(value, around, where)];
  return Object.entries(value).flatMap(([key, part]) =>
    claimsIn(part, `${where}${Array.isArray(value) ? `[${key}]` : `.${key}`}`, value),
  );
}

/** The VMA word of a VMA as it is written. */
export const vmaOf = (v: WrittenVma): Vma =>
  makeVma({
    start: v.start,
    pages: v.pages,
    kind: Kind[v.kind],
    prot: Prot[v.prot],
    displacement: v.offset - v.start,
    id: v.identity,
    flags:
      (v.accounted ? VM_ACCOUNT : 0) |
      (v.locked ? VM_LOCKED : 0) |
      (v.sealed ? VM_SEALED : 0) |
      (v.armed ? VM_UFFD : 0),
  });
