import { lastPageOf, type WrittenCall } from '../input/call.js';
import type { ScenarioOutcome, WindowView } from './outcome.js';
import type { Scenario } from './scenario.js';

const KINDS = ['anon', 'shm', 'fpriv', 'fshared', 'ramfs'];

const isRanged = (call: WrittenCall): call is Exclude<WrittenCall, { call: 'mremap' }> =>
  call.call !== 'mremap';

/** How much there is to read in a call. */
function weightOf(call: WrittenCall): number {
  if (!isRanged(call)) {
    const { addr, oldLen, newLen, flags, newAddr } = call;
    return addr + 2 * (oldLen + newLen) + newAddr + 2 * flags.length;
  }
  const place = call.addr + 4 * call.len;
  if (call.call === 'mmap') {
    const apart = Math.abs(call.offset - call.addr);
    return place + 8 * KINDS.indexOf(call.kind) + (call.prot === 'rw' ? 0 : 2) + apart;
  }
  return place;
}

/** What counts in a scenario that people are to read: few calls, few calls of the set-up, little in each. */
const sizeOf = ({ pages, headroom, setup, calls }: Scenario): readonly number[] => [
  calls.length,
  setup.length,
  [...setup, ...calls].reduce((sum, call) => sum + weightOf(call), pages + headroom),
];

/** Less than zero where the first is smaller. */
export function bySize(a: Scenario, b: Scenario): number {
  const [mine, theirs] = [sizeOf(a), sizeOf(b)];
  const i = mine.findIndex((part, k) => part !== theirs[k]);
  return i < 0 ? 0 : (mine[i] as number) - (theirs[i] as number);
}

/** Lists with one or two entries taken out, and those of which no more than two are left. */
function thinned<T>(list: readonly T[]): T[][] {
  const without = (...gone: readonly number[]): T[] => list.filter((_, i) => !gone.includes(i));
  const pairs = list.flatMap((_, i) => list.slice(i + 1).map((__, k) => [i, i + 1 + k]));
  return [
    ...list.map((_, i) => without(i)),
    ...pairs.map((pair) => without(...pair)),
    ...(list.length < 3 ? [] : [[], ...list.map((one) => [one])]),
    ...(list.length < 5 ? [] : pairs.map((pair) => pair.map((i) => list[i] as T))),
  ];
}

/** A range when a page is taken out of the address space. */
function shifted(addr: number, len: number, page: number): { addr: number; len: number } {
  const at = (edge: number): number => (edge > page ? edge - 1 : edge);
  return { addr: at(addr), len: at(addr + len) - at(addr) };
}

/** The call when a page is taken out; nothing is left of one that was about this page alone. */
function callWithoutPage(call: WrittenCall, page: number): WrittenCall[] {
  if (!isRanged(call)) {
    const from = shifted(call.addr, call.oldLen, page);
    const { addr: newAddr } = shifted(call.newAddr, call.newLen, page);
    // It still grows, shrinks or moves as it did.
    const newLen = call.newLen - (call.oldLen - from.len);
    return [{ ...call, addr: from.addr, oldLen: from.len, newAddr, newLen }];
  }
  const range = shifted(call.addr, call.len, page);
  if (range.len === 0) return [];
  if (call.call !== 'mmap') return [{ ...call, ...range }];
  const offset = Math.max(0, call.offset - (call.addr - range.addr));
  return [{ ...call, ...range, offset }];
}

function withoutPage(scenario: Scenario, page: number): Scenario {
  const { pages, setup, calls } = scenario;
  return {
    ...scenario,
    pages: pages - 1,
    setup: setup.flatMap((call) => callWithoutPage(call, page)),
    calls: calls.flatMap((call) => callWithoutPage(call, page)),
  };
}

/** The call with one thing in it made plainer. */
function plainer(call: WrittenCall): WrittenCall[] {
  if (!isRanged(call)) {
    const { oldLen, newLen, flags } = call;
    return [
      { ...call, newLen: oldLen },
      { ...call, oldLen: newLen },
      { ...call, oldLen: oldLen - 1 },
      { ...call, newLen: newLen - 1 },
      { ...call, oldLen: oldLen - 1, newLen: newLen - 1 },
      { ...call, newAddr: 0 },
      { ...call, newAddr: call.newAddr - 1 },
      ...flags.map((flag) => ({ ...call, flags: flags.filter((other) => other !== flag) })),
    ];
  }
  const shorter = [
    { ...call, len: 1 },
    { ...call, len: call.len - 1 },
    { ...call, addr: call.addr + 1, len: call.len - 1 },
  ];
  if (call.call !== 'mmap') return shorter;
  return [
    ...shorter,
    { ...call, kind: 'anon' },
    { ...call, prot: 'rw' },
    { ...call, offset: call.addr },
  ];
}

const replaced = <T>(list: readonly T[], of: (one: T) => readonly T[]): T[][] =>
  list.flatMap((one, i) => of(one).map((other) => list.with(i, other)));

/** Calls that map what is seen of a window. */
const mapping = ({ layout, data }: WindowView, pages: number): WrittenCall[] =>
  layout.flatMap(({ start, pages: length, kind, prot, shared, offset }): WrittenCall[] => {
    const addr = Math.max(0, start);
    const len = Math.min(start + length, pages) - addr;
    const mapped = kind === 'file' ? (shared ? 'fshared' : 'fpriv') : kind;
    const touched = Object.keys(data).map(Number);
    const writes = prot === 'rw' && touched.some((page) => page >= addr && page < addr + len);
    return [
      {
        call: 'mmap',
        addr,
        len,
        kind: mapped,
        prot: prot === 'rw' ? 'rw' : 'r',
        offset: offset ?? addr,
      },
      ...(writes ? [{ call: 'touch' as const, addr, len }] : []),
    ];
  });

/** With its last call alone, in what the calls before it have left: by the same calls, or mapped anew. */
function withLastCallAlone(scenario: Scenario, model: ScenarioOutcome): Scenario[] {
  const { pages, headroom, setup, calls } = scenario;
  const last = calls.at(-1);
  if (last === undefined) return [];
  const before = model.steps[calls.length - 2];
  const left = headroom - (before?.mapCountDelta ?? 0);
  return [setup.concat(calls.slice(0, -1)), mapping(before ?? model.initial, pages)].map(
    (prepared) => ({ ...scenario, headroom: left, setup: prepared, calls: [last] }),
  );
}

const isPossible = ({ pages, headroom, setup, calls }: Scenario): boolean =>
  pages > 0 &&
  headroom >= 0 &&
  [...setup, ...calls].every((call) => {
    const lengths = isRanged(call) ? call.len - 1 : Math.min(call.oldLen, call.newLen);
    const least = isRanged(call) ? call.addr : Math.min(call.addr, call.newAddr);
    return lengths >= 0 && least >= 0 && lastPageOf(call) < pages;
  });

/**
 * Scenarios that are smaller than this one and may show the same, the smallest first.
 *
 * @param model what the model makes of it
 */
export function smallerScenarios(scenario: Scenario, model: ScenarioOutcome): Scenario[] {
  const { pages, headroom, setup, calls } = scenario;
  const earlier = calls.slice(0, -1);
  const last = calls.slice(-1);
  const candidates: Scenario[] = [
    ...withLastCallAlone(scenario, model),
    ...thinned(setup).map((kept) => ({ ...scenario, setup: kept })),
    ...thinned(earlier).map((kept) => ({ ...scenario, calls: [...kept, ...last] })),
    ...Array.from({ length: pages }, (_, page) => withoutPage(scenario, page)),
    ...replaced(setup, plainer).map((changed) => ({ ...scenario, setup: changed })),
    ...replaced(calls, plainer).map((changed) => ({ ...scenario, calls: changed })),
    ...[0, headroom >> 1, headroom - 1].map((less) => ({ ...scenario, headroom: less })),
    { ...scenario, pages: pages - 1 },
  ];
  const seen = new Set<string>();
  return candidates
    .filter((one) => {
      const key = JSON.stringify(one);
      const fresh = !seen.has(key);
      seen.add(key);
      return fresh && isPossible(one) && bySize(one, scenario) < 0;
    })
    .sort(bySize);
}
