import { type Call, FIXED, type MremapCall } from '../model/calls.js';
import type { ErrnoName } from '../model/errno.js';

/** What is mapped in a window, as /proc/PID/maps tells it; what it is that is mapped may be written in any way. */
export interface Layout {
  /** By page: equal where the same is mapped alike, undefined where nothing is. */
  readonly at: readonly (string | number | undefined)[];
  /** Pages at which a VMA begins or ends. */
  readonly borders: ReadonlySet<number>;
  /** By page: what is in it, as far as that is known. */
  readonly contents: readonly (number | undefined)[];
}

/** One end of a call as a caller can tell it. */
export interface Seen {
  readonly result: 'ok' | ErrnoName;
  /** What it did to the address space, in words; of a success only where that can be told from no more than its shape. */
  readonly effect: string;
}

/** The effect of a failure that left everything as it was. */
export const NOTHING_CHANGED = 'nothing changed';

interface PageRange {
  readonly from: number;
  readonly to: number;
}

const within = (page: number, { from, to }: PageRange): boolean => page >= from && page < to;
const NOWHERE: PageRange = { from: 0, to: 0 };

/** Pages at which something is mapped no more, and those at which something else is mapped, or is in them. */
interface Changes {
  readonly gone: readonly number[];
  readonly other: readonly number[];
}

function changesOf(before: Layout, after: Layout, differs: (page: number) => boolean): Changes {
  const gone: number[] = [];
  const other: number[] = [];
  const pages = Math.max(before.at.length, after.at.length);
  for (let page = 0; page < pages; page++) {
    if (before.at[page] === after.at[page] && !differs(page)) continue;
    (after.at[page] === undefined ? gone : other).push(page);
  }
  return { gone, other };
}

/** What a failed mremap() did to its ranges. */
function mremapEffects(call: MremapCall, { gone, other }: Changes): string[] {
  const [oldLen, newLen] = [Math.ceil(call.oldLen), Math.ceil(call.newLen)];
  const kept = { from: call.addr, to: call.addr + Math.min(oldLen, newLen) };
  const tail = { from: call.addr + newLen, to: call.addr + oldLen };
  const target =
    (call.flags & FIXED) === 0 ? NOWHERE : { from: call.newAddr, to: call.newAddr + newLen };
  const hits = (pages: readonly number[], range: PageRange): boolean =>
    pages.some((page) => within(page, range));
  return [
    ...(hits(gone, kept) || hits(other, kept) || hits(other, target) ? ['part of it moved'] : []),
    ...(hits(gone, target) ? ['destination unmapped'] : []),
    ...(hits(gone, tail) ? ['tail cut off'] : []),
  ];
}

const rangeEffects = ({ gone, other }: Changes): string[] => [
  ...(gone.length > 0 ? ['a part unmapped'] : []),
  ...(other.length > 0 ? ['a part changed'] : []),
];

function bordersText(before: Layout, after: Layout): string | undefined {
  if ([...after.borders].some((page) => !before.borders.has(page))) return 'a VMA split';
  return after.borders.size < before.borders.size ? 'VMAs merged' : undefined;
}

/** What a call that failed left changed, in words. */
export function failureEffect(call: Call, before: Layout, after: Layout): string {
  const changes = changesOf(
    before,
    after,
    (page) => before.contents[page] !== after.contents[page],
  );
  const effects = call.call === 'mremap' ? mremapEffects(call, changes) : rangeEffects(changes);
  if (effects.length > 0) return effects.join(', ');
  return bordersText(before, after) ?? 'a VMA changed';
}

/** What a call that succeeded did, where its shape leaves that open. */
export function successEffect(call: Call, shape: string, address: number | undefined): string {
  if (call.call !== 'mremap' || shape !== 'grow, may move') return '';
  return address === call.addr ? 'in place' : 'moved';
}

/**
 * What two ends of one call differ in that the words for them do not say. `flags` is all of a VMA that
 * /proc/PID/maps does not list: its anon_vma, the page offset of its anonymous pages, VM_ACCOUNT, locked,
 * sealed, registered.
 */
export type Aspect =
  | 'address'
  | 'mappings'
  | 'contents'
  | 'borders'
  | 'flags'
  | 'total_vm'
  | 'locked_vm'
  | 'Committed_AS';

/** The counters of a process, and of the system. */
export const COUNTERS: readonly Aspect[] = ['total_vm', 'locked_vm', 'Committed_AS'];

/** How two layouts differ: what is mapped, or where its VMAs begin and end. */
export function layoutAspect(a: Layout, b: Layout): 'mappings' | 'borders' | undefined {
  const { gone, other } = changesOf(a, b, () => false);
  if (gone.length > 0 || other.length > 0) return 'mappings';
  return bordersText(a, b) === undefined ? undefined : 'borders';
}
