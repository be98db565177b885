import type { Counterexample } from '../checker/counterexample.js';
import { type Vmas, vmaAt } from '../model/address-space.js';
import { FIXED, type MremapCall } from '../model/calls.js';
import type { MicroStep } from '../model/run.js';
import { NO_RESOURCE_LIMITS, type ResourceLimits, RUNNING } from '../model/state.js';
import { isArmed, isLocked, isSealed } from '../model/vma.js';
import { changedAt, legend, marks, ruler, strip } from './strip.js';
import type { Style } from './style.js';
import { callText, plural, RESOURCE_NAMES, resultText } from './words.js';
import { wrapped } from './wrap.js';

const LABEL = 10;
const WIDTH = 72;

/** A row of the report: a label in its column, text that is broken at the margin. */
function row(label: string, text: string): string[] {
  return wrapped(text, ' '.repeat(LABEL + 2), WIDTH)
    .split('\n')
    .map((line, i) => (i === 0 ? `  ${label.padEnd(LABEL)}${line.trimStart()}` : line));
}

const exactly = (label: string, text: string): string =>
  `  ${label.padEnd(LABEL)}${text}`.trimEnd();

/** Source and destination of the call over the strip. */
function roles({ call, pages, outcome }: Counterexample): string | undefined {
  if (call.call !== 'mremap') return undefined;
  const { addr, oldLen, newLen, flags, newAddr } = call as MremapCall;
  const target = (flags & FIXED) !== 0 ? newAddr : outcome.result;
  return marks(pages, (page) => {
    if (page >= addr && page < addr + oldLen) return 'S';
    return target >= 0 && page >= target && page < target + newLen && target !== addr ? 'D' : ' ';
  });
}

function historyRows({ history, limit, limitedFromStart }: Counterexample): string[] {
  const { calls, exhausted, states } = history;
  if (calls === undefined) {
    const much = `${plural(states, 'address space')} searched`;
    return row(
      'set-up',
      exhausted
        ? `no sequence of the calls tried builds this address space (${much})`
        : `no sequence of calls found that builds this address space (${much})`,
    );
  }
  const count = `${plural(calls.length, 'call')} from an empty window`;
  const built = calls.length === 0 ? 'nothing mapped' : calls.map(callText).join('; ');
  const when = limitedFromStart ? 'under' : 'then';
  return [...row('set-up', built), ...row('', `(${count}, ${when} max_map_count = ${limit})`)];
}

/** What was made to fail, and the limits beside max_map_count. */
function failureRows({ outcome, within }: Counterexample): string[] {
  const failures = outcome.failures.map(
    ({ step, point }) => `${point.kernel} fails with ${point.errno} in ${step.name}`,
  );
  const limits = Object.entries(NO_RESOURCE_LIMITS).flatMap(([name, unlimited]) => {
    const pages = within[name as keyof ResourceLimits];
    return pages === unlimited ? [] : [`${RESOURCE_NAMES[name as keyof ResourceLimits]} ${pages}`];
  });
  return [
    ...(limits.length === 0 ? [] : row('limits', `${limits.join(', ')} (pages)`)),
    ...(failures.length === 0 ? [] : row('failing', failures.join('; '))),
  ];
}

const gauge = (vmas: Vmas, limit: number, count = vmas.length): string =>
  `map_count ${count} of ${limit}`;

function stripRows(counterexample: Counterexample): string[] {
  const { before, outcome, pages, limit } = counterexample;
  const role = roles(counterexample);
  const changed = marks(pages, (page) => (changedAt(before, outcome.vmas, page) ? '^' : ' '));
  return [
    exactly('pages', ruler(pages)),
    ...(role === undefined ? [] : [exactly('', role)]),
    ...flagRow(before, pages),
    exactly('before', `${strip(before, pages)}   ${gauge(before, limit)}`),
    exactly(
      'after',
      `${strip(outcome.vmas, pages)}   ${gauge(outcome.vmas, limit, outcome.mapCount)}`,
    ),
    ...(changed.trim() === '' ? [] : [exactly('changed', changed)]),
    exactly('', legend([before, outcome.vmas])),
  ];
}

const FLAG_LEGEND = '# sealed, + locked, ~ userfaultfd';

/** Where the address space is locked, sealed or registered with userfaultfd, over the strip; no row where it is neither. */
function flagRow(vmas: Vmas, pages: number): string[] {
  const row = marks(pages, (page) => {
    const vma = vmaAt(vmas, page);
    if (vma === undefined) return ' ';
    return isSealed(vma) ? '#' : isLocked(vma) ? '+' : isArmed(vma) ? '~' : ' ';
  });
  return row.trim() === '' ? [] : [exactly('', `${row.padEnd(2 * pages + 4)}${FLAG_LEGEND}`)];
}

/** A step that changes or ends something, or goes on to the next VMA; the others only looked. */
const matters = ({ before, after, failed }: MicroStep): boolean =>
  failed !== undefined ||
  before.vmas !== after.vmas ||
  before.mapCount !== after.mapCount ||
  before.several !== after.several ||
  after.result !== RUNNING;

function microRow({ step, before, after, failed }: MicroStep): string {
  const counts =
    before.mapCount === after.mapCount
      ? `${after.mapCount}`
      : `${before.mapCount} -> ${after.mapCount}`;
  const end = after.result === RUNNING ? '' : `  returns ${resultText(after.result)}`;
  const last = after.addr + after.oldLen - 1;
  const source = after.addr === last ? `page ${last}` : `pages ${after.addr}-${last}`;
  const piece = before.several === after.several ? '' : `  ${source} to ${after.newAddr}`;
  const fault = failed === undefined ? '' : `  ${failed.kernel} fails`;
  return `${step.name.padEnd(31)} map_count ${counts}${fault}${end}${piece}`;
}

function microRows({ micro, outcome }: Counterexample): string[] {
  const shown = micro.filter(matters);
  const rows = shown.map((one, i) => exactly(i === 0 ? 'steps' : '', microRow(one)));
  return outcome.result < 0
    ? [...rows, ...row('refused', `by ${outcome.step.name}, which ${outcome.step.does}`)]
    : rows;
}

/** The text below the heading, the same for releases that behave alike. */
function body(counterexample: Counterexample): string {
  const { explanation, call, outcome } = counterexample;
  return [
    ...row('why', explanation),
    ...historyRows(counterexample),
    ...row('call', `${callText(call)} = ${resultText(outcome.result)}`),
    ...failureRows(counterexample),
    '',
    ...stripRows(counterexample),
    '',
    ...microRows(counterexample),
  ].join('\n');
}

/**
 * Counterexamples as text, at most 72 columns wide for windows of up to 20 pages: what is broken, the
 * calls, the address space before and after, what changed, and the steps that changed it. One that
 * breaks several invariants, or on several releases, is drawn once.
 */
export function counterexampleTexts(
  counterexamples: readonly Counterexample[],
  { bold, bad }: Style,
): string[] {
  const drawn = new Map<string, Counterexample[]>();
  for (const counterexample of counterexamples) {
    const text = body(counterexample);
    drawn.set(text, [...(drawn.get(text) ?? []), counterexample]);
  }
  return [...drawn.entries()].map(([text, alike]) => {
    const broken = unique(alike.map(({ invariant }) => invariant));
    const releases = unique(alike.map(({ release }) => release));
    const head = `${broken.join(' and ')} broken on ${releases.join(', ')}`;
    return `${bold(bad(wrapped(head, '  ', WIDTH)))}\n${text}`;
  });
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
