import { BadInput } from '../input/bad-input.js';
import { CALL_FORMS, KIND_WORDS, PROT_WORDS, type WrittenParts } from '../input/call-text.js';
import { type Call, DONTUNMAP, FIXED, flagNames, MAYMOVE } from '../model/calls.js';
import { isFile, Kind } from '../model/vma.js';

/** More than that takes seconds. */
const MOST = 150_000;

/** Combinations of flags of which some release makes more than EINVAL. */
const FLAGS = [
  0,
  MAYMOVE,
  MAYMOVE | FIXED,
  MAYMOVE | DONTUNMAP,
  MAYMOVE | FIXED | DONTUNMAP,
] as const;

const from = (least: number, most: number): number[] =>
  Array.from({ length: Math.max(0, most - least + 1) }, (_, i) => least + i);

/** A flag word as calls are written, without regard to the order of its names. */
const flagWord = (text: string): string =>
  text
    .split('|')
    .map((name) => name.trim())
    .sort()
    .join('|');

/** The arguments that a pattern leaves open, or narrows down: `*` is any, and so is one left out. */
class Pattern {
  constructor(private readonly args: readonly string[]) {}

  among<V>(place: number, values: readonly V[], text: (value: V) => string = String): readonly V[] {
    const wanted = this.args[place];
    if (wanted === undefined || wanted === '*') return values;
    return values.filter((value) => text(value) === wanted);
  }

  /** With its flags in any order. */
  flags(place: number): readonly number[] {
    const wanted = this.args[place];
    if (wanted === undefined || wanted === '*') return FLAGS;
    const word = flagWord(wanted);
    return FLAGS.filter((bits) => flagWord(flagNames(bits).join('|') || '0') === word);
  }
}

function* mremapCalls(pattern: Pattern, pages: number): Generator<Call> {
  const flagSets = pattern.flags(3);
  for (const addr of pattern.among(0, from(0, pages - 1))) {
    for (const oldLen of pattern.among(1, from(1, pages - addr))) {
      for (const newLen of pattern.among(2, from(1, pages))) {
        for (const flags of flagSets) {
          const implied = (flags & (FIXED | DONTUNMAP)) !== 0;
          for (const newAddr of pattern.among(4, implied ? from(0, pages - 1) : [0])) {
            yield { call: 'mremap', addr, oldLen, newLen, flags, newAddr };
          }
        }
      }
    }
  }
}

const MAPPED = KIND_WORDS.flatMap((kind) => PROT_WORDS.map((prot) => ({ kind, prot })));

/** Calls of one range; a file is mapped from the offset that its address has. */
function* rangeCalls(
  word: Exclude<Call['call'], 'mremap'>,
  pattern: Pattern,
  pages: number,
): Generator<Call> {
  for (const addr of pattern.among(0, from(0, pages - 1))) {
    for (const len of pattern.among(1, from(1, pages - addr))) {
      if (word === 'mmap') {
        for (const { kind, prot } of pattern.among(2, MAPPED, (m) => `${m.kind} ${m.prot}`)) {
          yield { call: word, addr, len, kind, prot, offset: isFile(Kind[kind]) ? addr : 0 };
        }
      } else if (word === 'mprotect') {
        for (const prot of pattern.among(2, PROT_WORDS)) yield { call: word, addr, len, prot };
      } else yield { call: word, addr, len };
    }
  }
}

const size = (call: Call): number =>
  call.call === 'mremap' ? call.oldLen + call.newLen : call.len;

/**
 * Every call of a window that a pattern such as `mremap(0, 2, *, MAYMOVE|FIXED, *)` leaves open, short
 * ones first. Throws BadInput where these are none, or too many to be tried.
 *
 * @param pages of the window
 */
export function candidates({ word, args }: WrittenParts, pages: number): readonly Call[] {
  const pattern = new Pattern(args);
  const calls: Call[] = [];
  const all = word === 'mremap' ? mremapCalls(pattern, pages) : rangeCalls(word, pattern, pages);
  for (const call of all) {
    if (calls.push(call) > MOST) {
      throw new BadInput(
        `calls: found more than ${MOST} of them, expected a pattern that leaves less open, such as ${word}(0, *)`,
      );
    }
  }
  if (calls.length === 0) {
    throw new BadInput(
      `calls: found none with these arguments in a window of ${pages} pages, expected * or values for ${CALL_FORMS[word]}`,
    );
  }
  return calls.sort((a, b) => size(a) - size(b));
}
