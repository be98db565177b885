import type { HistorySearch } from '../../checker/history.js';
import { callText } from '../../model/call-text.js';
import { NO_RESOURCE_LIMITS, type ResourceLimits } from '../../model/state.js';
import { callOf } from '../../trace/call.js';
import type {
  BreachTrace,
  DifferenceTrace,
  RaceTrace,
  ShownTrace,
  Trace,
} from '../../trace/trace.js';
import { vmaOf } from '../../trace/vma.js';
import { exactly, gauge, historyRows, roles, row, WIDTH } from '../rows.js';
import type { Style } from '../style.js';
import { RESOURCE_NAMES } from '../words.js';
import { wrapped } from '../wrap.js';
import type { Canvas } from './canvas.js';
import { momentRows, threadRows } from './race-rows.js';
import { beforeAfterRows } from './space.js';
import { stepRows } from './steps.js';

const historyOf = ({
  setup,
  setupExhausted,
  setupSearched,
}: Trace | ShownTrace): HistorySearch => ({
  calls: setup?.map(callOf),
  exhausted: setupExhausted,
  states: setupSearched,
});

/** A page, or -1 for an errno. */
const pageOf = (result: string): number => (result.startsWith('-') ? -1 : Number(result));

/** What was made to fail, and the limits beside max_map_count. */
function failureRows({ failures, limits }: ShownTrace, { width }: Canvas): string[] {
  const failed = failures.map(
    ({ step, kernel, errno }) => `${kernel} fails with ${errno} in ${step}`,
  );
  const further = Object.entries(NO_RESOURCE_LIMITS).flatMap(([key, unlimited]) => {
    const name = key as keyof ResourceLimits;
    return limits[name] === unlimited ? [] : [`${RESOURCE_NAMES[name]} ${limits[name]}`];
  });
  return [
    ...(further.length === 0 ? [] : row('limits', `${further.join(', ')} (pages)`, width)),
    ...(failed.length === 0 ? [] : row('failing', failed.join('; '), width)),
  ];
}

/** One call on one release: the address space before and after, and the steps. */
function callRows(
  trace: ShownTrace | DifferenceTrace,
  side: Pick<ShownTrace, 'result' | 'after' | 'steps' | 'endedBy'> & { readonly count: number },
  canvas: Canvas,
): string[] {
  const { pages, maxMapCount } = trace;
  const [before, after] = [trace.before.map(vmaOf), side.after.map(vmaOf)];
  const gauges = [gauge(before, maxMapCount), gauge(after, maxMapCount, side.count)] as const;
  const role = roles(callOf(trace.call), pageOf(side.result), pages);
  const { step, does } = side.endedBy;
  return [
    ...beforeAfterRows([before, after], gauges, pages, canvas, role),
    '',
    ...stepRows(side.steps, canvas),
    ...(side.result.startsWith('-')
      ? row('refused', `by ${step}, which ${does}`, canvas.width)
      : []),
  ];
}

const callBody = (trace: ShownTrace, canvas: Canvas): string[] => [
  ...row('why', trace.explanation, canvas.width),
  ...historyRows(historyOf(trace), trace.maxMapCount, trace.limitedFromStart, canvas.width),
  ...row('call', `${callText(callOf(trace.call))} = ${trace.result}`, canvas.width),
  ...failureRows(trace, canvas),
  '',
  ...callRows(trace, { ...trace, count: trace.mapCount.after }, canvas),
];

function raceBody(trace: RaceTrace, canvas: Canvas): string[] {
  const { maxMapCount, maxMapCountAfter, pages } = trace;
  const [before, after] = [trace.before.map(vmaOf), trace.after.map(vmaOf)];
  const gauges = [gauge(before, maxMapCount), gauge(after, maxMapCountAfter)] as const;
  return [
    ...row('why', trace.explanation, canvas.width),
    ...historyRows(historyOf(trace), maxMapCount, false, canvas.width),
    ...threadRows(trace, canvas),
    '',
    ...beforeAfterRows([before, after], gauges, pages, canvas),
    '',
    ...momentRows(trace, canvas),
  ];
}

const differenceBody = (trace: DifferenceTrace, canvas: Canvas): string[] => [
  ...historyRows(historyOf(trace), trace.maxMapCount, false, canvas.width),
  ...row('call', callText(callOf(trace.call)), canvas.width),
  ...trace.outcomes.flatMap((side) => [
    '',
    exactly(canvas.s.bold(side.release), `returns ${side.result}`),
    ...callRows(trace, { ...side, count: side.mapCount }, canvas),
  ]),
];

/** A trace below its heading. */
export function traceBody(trace: Trace, canvas: Canvas): string {
  const body =
    trace.kind === 'race'
      ? raceBody(trace, canvas)
      : trace.kind === 'call'
        ? callBody(trace, canvas)
        : differenceBody(trace, canvas);
  return body.join('\n');
}

/** One trace with its heading, and the promise where one is broken. */
export function terminalText(trace: Trace, canvas: Canvas): string {
  const { s, width } = canvas;
  if (trace.kind === 'difference') {
    const [one, other] = trace.outcomes;
    const head = `${one.release} and ${other.release} differ`;
    return `${s.bold(wrapped(head, '  ', width))}\n${traceBody(trace, canvas)}`;
  }
  const head = `${trace.invariant} broken on ${trace.release}`;
  return [
    s.bold(s.bad(wrapped(head, '  ', width))),
    ...row('promise', trace.statement, width),
    traceBody(trace, canvas),
  ].join('\n');
}

/** Of a report: 72 columns, no more steps than did something. */
const reportCanvas = (s: Style): Canvas => ({ s, width: WIDTH, verbose: false, vmas: 'none' });

/** A call as a report has it, below its heading; the rows that say why come first. */
export const shownText = (trace: ShownTrace, s: Style): string =>
  callBody(trace, reportCanvas(s)).join('\n');

/**
 * Counterexamples as a report has them. One that breaks
 * several invariants, or on several releases, is drawn once.
 */
export function counterexampleTexts(traces: readonly BreachTrace[], s: Style): string[] {
  const canvas = reportCanvas(s);
  const drawn = new Map<string, BreachTrace[]>();
  for (const trace of traces) {
    const text = traceBody(trace, canvas);
    drawn.set(text, [...(drawn.get(text) ?? []), trace]);
  }
  return [...drawn.entries()].map(([text, alike]) => {
    const broken = unique(alike.map(({ invariant }) => invariant));
    const releases = unique(alike.map(({ release }) => release));
    const head = `${broken.join(' and ')} broken on ${releases.join(', ')}`;
    return `${s.bold(s.bad(wrapped(head, '  ', WIDTH)))}\n${text}`;
  });
}

const unique = (names: readonly string[]): string[] => [...new Set(names)];
