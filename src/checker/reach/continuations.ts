import type { Opening } from './openings.js';
import type { Successors } from './successors.js';

/** 32-bit words of continuations that are kept; when there are more, all are forgotten. */
const ROOM = 1 << 23;

const NONE = -1;

/** The words of a continuation; behind them come its key and its lists. */
const NEXT = 0;
const HASH = 1;
const TIMES = 2;
const RISES = 3;
const MOST = 5;
const KEY = 6;
const LEADS = 7;
const ENDS = 8;
const HEAD = 9;

/** How some calls go on. */
export interface Continuation {
  /** The address spaces to which they lead, each once, with the first call that does. */
  readonly leads: readonly { readonly space: number; readonly call: number }[];
  /** The ways in which they end, each once, with the first call that does, and how many do. */
  readonly ends: readonly { readonly way: number; readonly call: number; readonly times: number }[];
  /**
   * Highest rise of map_count from where they go on, what they clear taken off before; and of those for
   * which that is counted still, from where that is.
   */
  readonly rises: readonly [number, number];
}

/**
 * How the calls of openings go on from address spaces, by which of them have passed their looks. Each is a
 * number, the place of its words in one array, since there are many.
 */
export class Continuations {
  private words = new Int32Array(1 << 16);
  private size = 0;
  private count = 0;
  /** By hash, the one that was added last. */
  private heads = new Int32Array(1 << 12).fill(NONE);
  /** What was looked for last: an address space, an opening, and the looks that were passed. */
  private readonly key: Int32Array;
  private keyLength = 0;
  private hash = 0;
  /** Those that were used since that was asked last. */
  private used: number[] = [];

  /** @param looks how many words they take */
  constructor(looks: number) {
    this.key = new Int32Array(2 + looks);
  }

  get isFull(): boolean {
    return this.size > ROOM;
  }

  /** What was used must have been taken. */
  forget(): void {
    this.size = 0;
    this.count = 0;
    this.heads.fill(NONE);
  }

  /** Undefined if it is not known yet. */
  find(space: number, opening: Opening, passed: Int32Array): number | undefined {
    const { words, key } = this;
    this.lookFor(space, opening, passed);
    let at = this.heads[this.hash & (this.heads.length - 1)] as number;
    for (; at !== NONE; at = words[at + NEXT] as number) {
      let k = 0;
      while (k < this.keyLength && words[at + HEAD + k] === key[k]) k++;
      if (k === this.keyLength) return at;
    }
    return undefined;
  }

  private lookFor(space: number, { number, words, bits }: Opening, passed: Int32Array): void {
    const { key } = this;
    key[0] = space;
    key[1] = number;
    let hash = Math.imul(space, 0x9e3779b1) ^ Math.imul(number, 0x85ebca6b);
    for (let k = 0; k < words.length; k++) {
      const word = (passed[words[k] as number] as number) & (bits[k] as number);
      key[2 + k] = word;
      hash = Math.imul(hash ^ (hash >>> 15) ^ word, 0x2c1b3c6d);
    }
    this.keyLength = 2 + words.length;
    this.hash = hash ^ (hash >>> 13);
  }

  /** Adds one that is not known. */
  add(
    space: number,
    opening: Opening,
    passed: Int32Array,
    { leads, ends, rises }: Continuation,
  ): number {
    this.lookFor(space, opening, passed);
    const { key, keyLength, hash } = this;
    const at = this.size;
    this.makeRoom(HEAD + keyLength + 2 * leads.length + 3 * ends.length);
    const { words } = this;
    words[at + HASH] = hash;
    words[at + TIMES] = 0;
    words[at + RISES] = rises[0];
    words[at + RISES + 1] = rises[1];
    words[at + MOST] = 0;
    words[at + KEY] = keyLength;
    words[at + LEADS] = leads.length;
    words[at + ENDS] = ends.length;
    let to = at + HEAD;
    for (let k = 0; k < keyLength; k++) words[to++] = key[k] as number;
    for (const { space, call } of leads) {
      words[to++] = space;
      words[to++] = call;
    }
    for (const { way, call, times } of ends) {
      words[to++] = way;
      words[to++] = call;
      words[to++] = times;
    }
    this.size = to;
    if (++this.count > this.heads.length) this.rehash();
    else this.link(at);
    return at;
  }

  private link(at: number): void {
    const { words, heads } = this;
    const place = (words[at + HASH] as number) & (heads.length - 1);
    words[at + NEXT] = heads[place] as number;
    heads[place] = at;
  }

  private rehash(): void {
    this.heads = new Int32Array(2 * this.heads.length).fill(NONE);
    for (let at = 0; at < this.size; at = this.endOf(at)) this.link(at);
  }

  /** Where its ends begin, and what is behind them. */
  private endsOf(at: number): number {
    const { words } = this;
    return at + HEAD + (words[at + KEY] as number) + 2 * (words[at + LEADS] as number);
  }

  private endOf(at: number): number {
    return this.endsOf(at) + 3 * (this.words[at + ENDS] as number);
  }

  private makeRoom(needed: number): void {
    if (this.size + needed <= this.words.length) return;
    const more = new Int32Array(2 * this.words.length + needed);
    more.set(this.words);
    this.words = more;
  }

  /**
   * Calls go on in this way.
   *
   * @param above how many VMAs there are more where they do than where they began, what they clear taken off
   * @param cleared how many that is
   */
  use(at: number, above: number, cleared: number, successors: Successors): void {
    const { words } = this;
    if (words[at + TIMES] === 0) this.used.push(at);
    const rise = above + this.riseOf(at, cleared);
    if (rise > (words[at + MOST] as number)) words[at + MOST] = rise;
    words[at + TIMES] = (words[at + TIMES] as number) + 1;
    const ends = this.endsOf(at);
    for (let i = at + HEAD + (words[at + KEY] as number); i < ends; i += 2) {
      successors.add(words[i] as number, words[i + 1] as number);
    }
  }

  /** Highest rise of map_count in one of them, where so much is cleared first. */
  riseOf(at: number, cleared: number): number {
    const { words } = this;
    return Math.max(words[at + RISES] as number, cleared + (words[at + RISES + 1] as number));
  }

  /** Where calls lead in one of them: the address space, and the first such call. */
  leadsIn(at: number, tell: (space: number, call: number) => void): void {
    const { words } = this;
    const ends = this.endsOf(at);
    for (let i = at + HEAD + (words[at + KEY] as number); i < ends; i += 2) {
      tell(words[i] as number, words[i + 1] as number);
    }
  }

  /** How calls end in one of them: the way, the first such call, and how many. */
  endsIn(at: number, tell: (way: number, first: number, times: number) => void): void {
    const { words } = this;
    const end = this.endOf(at);
    for (let i = this.endsOf(at); i < end; i += 3) {
      tell(words[i] as number, words[i + 1] as number, words[i + 2] as number);
    }
  }

  /** How calls ended, how many, and how far map_count rose, in what was used since that was asked last. */
  take(tell: (way: number, times: number, rise: number) => void): void {
    const { words } = this;
    for (const at of this.used) {
      const times = words[at + TIMES] as number;
      const rise = words[at + MOST] as number;
      const end = this.endOf(at);
      for (let i = this.endsOf(at); i < end; i += 3) {
        tell(words[i] as number, times * (words[i + 2] as number), rise);
      }
      words[at + TIMES] = 0;
    }
    this.used = [];
  }
}
