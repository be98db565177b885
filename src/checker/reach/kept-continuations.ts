import { Lists, longEnough } from './lists.js';
import type { Opening } from './openings.js';
import { ENDING_WORDS, type Outcomes } from './outcomes.js';
import { imageOf } from './space-numbers.js';
import type { Successors } from './successors.js';

/** 32-bit words of where calls lead that are kept; when there are more, all are forgotten. */
const ROOM = 1 << 23;

/**
 * How the calls of openings go on from address spaces, by which of them have passed their looks. Each is a
 * number, and what is known of it is in arrays, since there are many. Of two address spaces that mirror each
 * other it is known of one, and used in both.
 */
export class KeptContinuations {
  /** An address space, an opening, and of its looks those that were passed. */
  private keys = new Lists();
  private readonly key: number[] = [];
  /** Address spaces to which calls lead, each once with the first call that does; and where those of each begin. */
  private leads = new Int32Array(1 << 16);
  private starts = new Int32Array(1 << 10);
  /** How calls end, as in `Outcomes`. Many go on from elsewhere and end alike. */
  private endings = new Lists();
  private endingOf = new Int32Array(1 << 10);
  /** As in `Outcomes`, both in one word. */
  private rises = new Int32Array(1 << 10);
  /** How often each ending was used since that was asked last. */
  private times = new Int32Array(1 << 10);
  /** Highest rise of map_count in what was used since that was asked last. */
  private highest = 0;

  /** @param images by the number of a call that of its mirror image */
  constructor(private readonly images: Int32Array) {}

  get isFull(): boolean {
    return (this.starts[this.keys.size] as number) > ROOM;
  }

  /** What was used must have been taken. */
  forget(): void {
    this.keys = new Lists();
    this.endings = new Lists();
  }

  /** The number of one, or UNKNOWN. */
  find(space: number, opening: Opening, passed: Int32Array): number {
    return this.keys.find(this.keyOf(space, opening, passed));
  }

  private keyOf(space: number, opening: Opening, passed: Int32Array): readonly number[] {
    const { key } = this;
    const { number, words, bits } = opening;
    while (key.length > words.length + 2) key.pop();
    key[0] = space;
    key[1] = number;
    for (let k = 0; k < words.length; k++) {
      key[k + 2] = (passed[words[k] as number] as number) & (bits[k] as number);
    }
    return key;
  }

  /** Adds one that is not known. */
  add(space: number, opening: Opening, passed: Int32Array, found: Outcomes): number {
    const at = this.keys.add(this.keyOf(space, opening, passed));
    const { all } = found.leads;
    let to = this.starts[at] as number;
    this.leads = longEnough(this.leads, to + 2 * all.length);
    for (const space of all) {
      this.leads[to++] = space;
      this.leads[to++] = found.leads.firstCall(space);
    }
    this.starts = longEnough(this.starts, at + 2);
    this.starts[at + 1] = to;
    this.endingOf = longEnough(this.endingOf, at + 1);
    this.endingOf[at] = this.endings.add(found.ending);
    this.times = longEnough(this.times, this.endings.size);
    this.rises = longEnough(this.rises, at + 1);
    this.rises[at] = (found.rise << 8) | found.riseCounted;
    return at;
  }

  /**
   * Calls go on in this way.
   *
   * @param above how many VMAs there are more where they do than where they began, what they clear taken off
   * @param cleared how many that is
   * @param mirrored where they do is the mirror image of that of which it is known
   */
  use(at: number, above: number, cleared: number, mirrored: boolean, successors: Successors): void {
    this.highest = Math.max(this.highest, above + this.riseOf(at, cleared));
    const ending = this.endingOf[at] as number;
    this.times[ending] = (this.times[ending] as number) + 1;
    this.leadsIn(at, mirrored, successors);
  }

  /** Highest rise of map_count in one of them, where so much is cleared first. */
  riseOf(at: number, cleared: number): number {
    const rises = this.rises[at] as number;
    return Math.max(rises >> 8, cleared + (rises & 0xff));
  }

  /** Adds where calls lead in one of them to where others do. */
  leadsIn(at: number, mirrored: boolean, successors: Successors): void {
    const { leads, images } = this;
    const end = this.starts[at + 1] as number;
    for (let i = this.starts[at] as number; i < end; i += 2) {
      const space = leads[i] as number;
      const call = leads[i + 1] as number;
      if (mirrored) successors.add(imageOf(space), images[call] as number);
      else successors.add(space, call);
    }
  }

  /** How calls end in one of them, as `Outcomes.end` is told. */
  eachEnd(at: number, mirrored: boolean, tell: Outcomes['end']): void {
    const { endings } = this;
    const number = this.endingOf[at] as number;
    const end = endings.startOf(number + 1);
    for (let i = endings.startOf(number); i < end; i += ENDING_WORDS) {
      const times = endings.at(i + 1);
      const first = endings.at(i + 2);
      const image = endings.at(i + 3);
      if (mirrored) tell(endings.at(i), times, image, first);
      else tell(endings.at(i), times, first, image);
    }
  }

  /** How calls ended, and how many, in what was used since that was asked last. */
  takeEnds(tell: (way: number, times: number) => void): void {
    const { endings, times } = this;
    for (let number = 0; number < endings.size; number++) {
      const used = times[number] as number;
      if (used === 0) continue;
      const ending = endings.get(number);
      for (let i = 0; i < ending.length; i += ENDING_WORDS) {
        tell(ending[i] as number, used * (ending[i + 1] as number));
      }
      times[number] = 0;
    }
  }

  /** Highest rise of map_count in what was used since that was asked last. */
  takeHighest(): number {
    const { highest } = this;
    this.highest = 0;
    return highest;
  }
}
