import type { Vmas } from '../../model/address-space.js';
import type { Call } from '../../model/calls.js';
import type { Vma } from '../../model/vma.js';
import { BASIS, mixed, spread } from './hash.js';
import type { Mirror } from './mirror.js';
import { NumberTable } from './number-table.js';
import { Halves, Numbers } from './numbers.js';

/** In place of a number that does not fit: two halves follow with a word that does. */
const LONG = 0xffff;
const LONG_STEP = 0xff;

/** Where the record of every so many-th state begins is kept; from there one goes from record to record. */
const MARK_BITS = 4;
const MARK = 1 << MARK_BITS;

/** So many hash tables, each of which grows by itself: what is put in anew is never much at a time. */
const TABLES = 64;

/**
 * The states of a search, each once, numbered in the order in which they came, with the state and call
 * that each was first reached by. A search may have so many that it is these that take its memory.
 *
 * A record has: its length, and by how much the number of that state is above that of the record before;
 * the call; and the VMA words, by the numbers that they have among all that there are. Each takes 16
 * bits as long as it fits, so that a state takes 4 bytes, 2 for each VMA, half of one for marks, and 6 to
 * 8 in a hash table. Nothing is left out: states are compared word by word.
 */
export class KeptStates {
  private readonly records = new Halves();
  private readonly marks = new Numbers();
  private readonly tables = Array.from({ length: TABLES }, () => new NumberTable());
  private readonly names = new Map<Vma, number>();
  private readonly vmas: Vma[] = [];
  private count = 0;
  private latestParent = 0;
  /** The names of the address space that was asked for last. */
  private readonly asked: number[] = [];
  private mirrored = 0;

  /** @param mirror of two states that mirror each other one is kept, that which came first */
  constructor(private readonly mirror?: Mirror) {}

  /** Those that are kept. */
  get size(): number {
    return this.count;
  }

  /** Those that are kept and their mirror images. */
  get sizeInAll(): number {
    return this.count + this.mirrored;
  }

  has(vmas: Vmas): boolean {
    return this.keeps(vmas) || (this.mirror !== undefined && this.keeps(this.mirror(vmas)));
  }

  private keeps(vmas: Vmas): boolean {
    const hash = this.ask(vmas);
    const table = tableOf(this.tables, hash);
    return table.at(this.slotOf(table, hash)) >= 0;
  }

  /** Adds a state unless it is there, with the number of that which a call led from; whether it is new. */
  add(vmas: Vmas, parent: number, call: number): boolean {
    const image = this.mirror?.(vmas);
    const isNew = (image === undefined || !this.keeps(image)) && this.addOne(vmas, parent, call);
    // The empty window is its own image.
    if (isNew && image !== undefined && image.length > 0) this.mirrored++;
    return isNew;
  }

  private addOne(vmas: Vmas, parent: number, call: number): boolean {
    const hash = this.ask(vmas);
    const table = tableOf(this.tables, hash);
    const slot = this.slotOf(table, hash);
    if (table.at(slot) >= 0) return false;
    table.set(slot, this.count, tagOf(hash));
    this.append(parent, call);
    if (table.isFull) this.grow(table);
    return true;
  }

  get(number: number): Vmas {
    const at = this.recordOf(number);
    const end = at + this.lengthAt(at);
    const vmas: Vma[] = [];
    for (let i = this.namesAt(at); i < end; i++) {
      const name = this.records.at(i);
      vmas.push(name === LONG ? (this.records.wordAt(i + 1) as Vma) : (this.vmas[name] as Vma));
      if (name === LONG) i += 2;
    }
    return vmas;
  }

  /** Calls from the first state to this. */
  depthOf(number: number): number {
    let depth = 0;
    for (let at = number; at > 0; at = this.parentOf(at)) depth++;
    return depth;
  }

  pathTo(number: number, calls: readonly Call[]): Call[] {
    const path: Call[] = [];
    for (let at = number; at > 0; at = this.parentOf(at)) {
      path.push(calls[this.callOf(at)] as Call);
    }
    return path.reverse();
  }

  /** Names the VMAs, those that are new for good; their hash. */
  private ask(vmas: Vmas): number {
    const { asked, names } = this;
    asked.length = 0;
    for (const vma of vmas) {
      let name = names.get(vma);
      if (name === undefined && names.size < LONG) {
        name = names.size;
        names.set(vma, name);
        this.vmas.push(vma);
      }
      if (name === undefined) asked.push(LONG, vma >>> 16, vma & 0xffff);
      else asked.push(name);
    }
    let hash = BASIS;
    for (const half of asked) hash = mixed(hash, half);
    return spread(hash);
  }

  /** Where in a table what is asked for is, or would be. */
  private slotOf(table: NumberTable, hash: number): number {
    const tag = tagOf(hash);
    let slot = placeIn(table, hash);
    for (;;) {
      const number = table.at(slot);
      if (number < 0 || (table.tagAt(slot) === tag && this.isAsked(number))) return slot;
      slot = table.next(slot);
    }
  }

  private isAsked(number: number): boolean {
    const { asked, records } = this;
    const at = this.recordOf(number);
    const names = this.namesAt(at);
    if (at + this.lengthAt(at) - names !== asked.length) return false;
    for (let i = 0; i < asked.length; i++) if (records.at(names + i) !== asked[i]) return false;
    return true;
  }

  private append(parent: number, call: number): void {
    const { records, asked } = this;
    const step = parent - this.latestParent;
    const isLongStep = step < 0 || step >= LONG_STEP;
    const isLongCall = call >= LONG;
    this.latestParent = parent;
    if (this.count % MARK === 0) {
      this.marks.push(records.length);
      this.marks.push(parent - step);
    }
    const length = 2 + (isLongStep ? 2 : 0) + (isLongCall ? 2 : 0) + asked.length;
    records.push(((isLongStep ? LONG_STEP : step) << 8) | length);
    if (isLongStep) records.pushWord(parent);
    records.push(isLongCall ? LONG : call);
    if (isLongCall) records.pushWord(call);
    for (const half of asked) records.push(half);
    this.count++;
  }

  private lengthAt(record: number): number {
    return this.records.at(record) & 0xff;
  }

  private recordOf(number: number): number {
    const mark = number >>> MARK_BITS;
    let at = this.marks.at(2 * mark);
    for (let i = mark << MARK_BITS; i < number; i++) at += this.lengthAt(at);
    return at;
  }

  private callAt(record: number): number {
    return record + (this.records.at(record) >>> 8 === LONG_STEP ? 3 : 1);
  }

  private namesAt(record: number): number {
    const call = this.callAt(record);
    return call + (this.records.at(call) === LONG ? 3 : 1);
  }

  private callOf(number: number): number {
    const at = this.callAt(this.recordOf(number));
    const call = this.records.at(at);
    return call === LONG ? this.records.wordAt(at + 1) : call;
  }

  private parentOf(number: number): number {
    const { records, marks } = this;
    const mark = number >>> MARK_BITS;
    let at = marks.at(2 * mark);
    let parent = marks.at(2 * mark + 1);
    for (let i = mark << MARK_BITS; i <= number; i++) {
      const step = records.at(at) >>> 8;
      parent = step === LONG_STEP ? records.wordAt(at + 1) : parent + step;
      at += this.lengthAt(at);
    }
    return parent;
  }

  private hashOf(number: number): number {
    const at = this.recordOf(number);
    const end = at + this.lengthAt(at);
    let hash = BASIS;
    for (let i = this.namesAt(at); i < end; i++) hash = mixed(hash, this.records.at(i));
    return spread(hash);
  }

  private grow(table: NumberTable): void {
    for (const number of table.grow()) {
      const hash = this.hashOf(number);
      let slot = placeIn(table, hash);
      while (table.at(slot) >= 0) slot = table.next(slot);
      table.set(slot, number, tagOf(hash));
    }
  }
}

const tableOf = (tables: readonly NumberTable[], hash: number): NumberTable =>
  tables[hash % TABLES] as NumberTable;

const placeIn = (table: NumberTable, hash: number): number =>
  Math.floor(hash / TABLES) % table.slots;

const tagOf = (hash: number): number => hash >>> 24;
