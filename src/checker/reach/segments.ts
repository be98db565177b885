import type { Call } from '../../model/calls.js';
import type { Plan } from '../../model/plan.js';
import { type Ranges, rangesOf } from '../../model/state.js';
import type { Range, Step } from '../../model/step.js';

/**
 * Steps of a plan, one behind the other, whose effect on an address space depends on no more of the call
 * than some numbers: one range of pages, or its flags and ranges as they are by then.
 */
export interface Segment {
  /** The same for segments that do the same in each address space, of whatever calls. */
  readonly slot: number;
  /** Places of the plan, half-open. */
  readonly from: number;
  readonly to: number;
  /** The ranges of the call when the segment begins. */
  readonly ranges: Ranges;
  /** Pages, half-open, of which it makes no difference what is mapped there when the segment begins. */
  readonly clears: readonly [number, number] | undefined;
  /** What is there is counted for a while still. */
  readonly countsCleared: boolean;
  /** What the call returns, if all that the segment does is to end it. */
  readonly returns: number | undefined;
}

/** What else of a call steps may look at, which its ranges do not say. */
const restOf = (call: Call): string =>
  call.call === 'mremap' ? `${call.flags}` : JSON.stringify(call);

/** The place behind the segment that begins at one: behind the steps of one range, before one that clears it, or at the end. */
function endOfSegment({ steps }: Plan, from: number): number {
  const { within, returns } = steps[from] as Step;
  if (returns !== undefined) return from + 1;
  const range = within?.range;
  if (range === undefined) return steps.length;
  let to = from + 1;
  while (steps[to]?.within?.range === range && steps[to]?.clears === undefined) to++;
  while (steps[to]?.cuts !== undefined) to++;
  return to;
}

/** What the first of some steps clears; a check of map_count behind it would tell how many VMAs there were. */
const clearedBy = ([first, ...further]: readonly Step[]): Range | undefined =>
  further.some(({ count }) => count !== undefined) ? undefined : first?.clears;

/** What the segments of a plan that begin at one place have in common. */
interface Piece {
  readonly to: number;
  /** What tells them from others apart from numbers; with `range`, only its pages. */
  readonly name: string;
  readonly range: Range | undefined;
  readonly clears: Range | undefined;
  readonly countsCleared: boolean;
  readonly returns: Step['returns'];
  readonly cuts: readonly NonNullable<Step['cuts']>[];
}

function pieceAt(plan: Plan, from: number): Piece {
  const to = endOfSegment(plan, from);
  const steps = plan.steps.slice(from, to);
  const { returns, countsCleared = false, within } = steps[0] as Step;
  const range = to === plan.steps.length ? undefined : within?.range;
  const parts =
    range === undefined
      ? plan.numbers.slice(from, to)
      : steps.map(({ within: does }) => does?.action);
  return {
    to,
    name: parts.join(),
    range,
    clears: clearedBy(steps),
    countsCleared,
    returns,
    cuts: steps.flatMap(({ cuts }) => cuts ?? []),
  };
}

/** Cuts the plans of a machine; equal segments have equal slots. */
export class Slots {
  private readonly numbers = new Map<string, number>();
  /** By plan and place. */
  private readonly pieces: Piece[][] = [];

  /**
   * Cuts a plan without a loop behind its first steps, which have been run, and after those that unmap a
   * range, since many calls unmap it, and what it is unmapped from is soon forgotten.
   *
   * @param looks how many first steps of the plan that are
   */
  cut(plan: Plan, looks: number, call: Call): Segment[] {
    const segments: Segment[] = [];
    const rest = restOf(call);
    let ranges = rangesOf(call);
    for (let from = looks; from < plan.steps.length && segments.at(-1)?.returns === undefined; ) {
      const piece = this.piece(plan, from);
      const { to, clears, countsCleared, returns, cuts } = piece;
      segments.push({
        slot: this.numberOf(piece, rest, ranges),
        from,
        to,
        ranges,
        clears: clears && [clears.start(ranges), clears.end(ranges)],
        countsCleared,
        returns: returns?.(ranges),
      });
      for (const cut of cuts) ranges = cut(ranges);
      from = to;
    }
    return segments;
  }

  private piece(plan: Plan, from: number): Piece {
    this.pieces[plan.id] ??= [];
    const pieces = this.pieces[plan.id] as Piece[];
    pieces[from] ??= pieceAt(plan, from);
    return pieces[from];
  }

  private numberOf({ name: parts, range }: Piece, rest: string, ranges: Ranges): number {
    const { addr, oldLen, newAddr, newLen } = ranges;
    const name =
      range === undefined
        ? `${parts} ${rest} ${addr} ${oldLen} ${newAddr} ${newLen}`
        : `${parts} ${range.start(ranges)} ${range.end(ranges)}`;
    const number = this.numbers.get(name) ?? this.numbers.size;
    this.numbers.set(name, number);
    return number;
  }
}
