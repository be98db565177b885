import { BadInput } from '../input/bad-input.js';
import type { WrittenParts } from '../input/call-text.js';
import type { Vmas } from '../model/address-space.js';
import type { Call } from '../model/calls.js';
import type { Outcome } from '../model/outcome.js';
import { ModelLimitError } from '../model/vma.js';
import { resultText } from '../report/words.js';
import { candidates } from './candidates.js';
import { besideName, type Moment } from './moment.js';
import { type Conditions, endAlike, sameSpace, type Take } from './take.js';

/** Calls that end in the same way, in words. */
export interface Group {
  readonly outcome: string;
  readonly calls: readonly Call[];
}

/** Calls to choose from: groups by outcome, or the calls of one. */
export interface Menu {
  /** What was asked for. */
  readonly title: string;
  readonly groups: readonly Group[];
  /** The group that is open: its calls are shown and chosen from. */
  readonly open: Group | undefined;
}

/** How a call ends, for calls to be put side by side: `-ENOMEM from early-count-check`, `ok, map_count +1`. */
export function outcomeWords({ result, vmas, mapCount, step }: Outcome, before: Vmas): string {
  const change = mapCount - before.length;
  const count = change === 0 ? '' : `, map_count ${change > 0 ? '+' : ''}${change}`;
  if (result >= 0) return `ok${count}`;
  const changed = sameSpace(before, vmas) ? '' : ', yet changed';
  return `${resultText(result)} from ${step.name}${changed}${count}`;
}

/** What a call would do, or undefined where the model cannot say. */
function peeked(take: Take, call: Call, under: Conditions): Outcome | undefined {
  try {
    return take.peek(call, under);
  } catch (error) {
    if (error instanceof ModelLimitError) return undefined;
    throw error;
  }
}

const words = (take: Take, outcome: Outcome | undefined): string =>
  outcome === undefined ? 'beyond the model' : outcomeWords(outcome, take.vmas);

/** What comes of a call now and, where that is something else, what would under the conditions beside. */
function compared(call: Call, now: Moment): string {
  const { take, under, beside } = now;
  const outcome = peeked(take, call, under);
  const here = words(take, outcome);
  if (beside === undefined) return here;
  const other = peeked(take, call, beside.under);
  const alike = outcome && other ? endAlike(outcome, other) : outcome === other;
  return alike ? here : `${here}; differs on ${besideName(now)}: ${words(take, other)}`;
}

/** What a menu is made of. */
export interface MenuRequest {
  readonly pattern: WrittenParts;
  /** Words that the outcome must have, in any case. */
  readonly filter: readonly string[];
  readonly title: string;
}

/**
 * The calls that a pattern leaves open, with what each would do now, grouped by that. Throws BadInput
 * where there are none.
 */
export function menu({ pattern, filter, title }: MenuRequest, now: Moment): Menu {
  const grouped = new Map<string, Call[]>();
  for (const call of candidates(pattern, now.script.pages)) {
    const outcome = compared(call, now);
    const calls = grouped.get(outcome);
    if (calls === undefined) grouped.set(outcome, [call]);
    else calls.push(call);
  }
  const all = [...grouped].map(([outcome, calls]) => ({ outcome, calls }));
  const groups = all.filter(({ outcome }) =>
    filter.every((word) => outcome.toLowerCase().includes(word.toLowerCase())),
  );
  if (groups.length === 0) {
    const known = all.map(({ outcome }) => outcome).join('; ');
    throw new BadInput(
      `calls: found no outcome with "${filter.join(' ')}", expected one of: ${known}`,
    );
  }
  groups.sort((a, b) => b.calls.length - a.calls.length);
  return { title, groups, open: groups.length === 1 ? groups[0] : undefined };
}

/** The entry of a menu with this number, from 1 on: a group, or a call of the open group. Throws BadInput. */
export function entryOf({ groups, open }: Menu, number: number): Group | Call {
  const entries: readonly (Group | Call)[] = open === undefined ? groups : open.calls;
  const entry = entries[number - 1];
  if (entry === undefined) {
    throw new BadInput(`found ${number}, expected a number of the list, 1 to ${entries.length}`);
  }
  return entry;
}
