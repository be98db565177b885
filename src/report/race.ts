import type { Moment } from '../checker/interleaving.js';
import type { RaceCounterexample } from '../checker/race-counterexample.js';
import { beforeAfterRows, exactly, gauge, historyRows, row, WIDTH } from './rows.js';
import { strip } from './strip.js';
import { callText, resultText } from './words.js';

const STEP = 29;
const COUNT = 12;

/** Threads are A, B and so on. */
const nameOf = (thread: number): string => String.fromCharCode(65 + thread);

function threadRows({ deeds, results }: RaceCounterexample): string[] {
  return deeds.flatMap((deed, i) => {
    const result = results[i];
    const text =
      deed.does === 'lower'
        ? `lowers max_map_count to ${deed.limit}`
        : deed.does === 'read'
          ? `reads map_count: ${result}`
          : `${callText(deed.call)}${result === undefined ? '' : ` = ${resultText(result)}`}`;
    return row(i === 0 ? 'threads' : '', `${nameOf(i)} ${text}`);
  });
}

/** A step that others can tell, or that tells others from itself: all but those that look at nothing shared. */
const matters = ({ step, before, after, result }: Moment): boolean =>
  step === undefined ||
  step.takesLock === true ||
  step.count !== undefined ||
  before.vmas !== after.vmas ||
  before.mapCount !== after.mapCount ||
  result !== undefined;

/** Which thread, which step, map_count and the limit then, and what came of it. */
function momentRow(moment: Moment, number: number, { deeds, pages }: RaceCounterexample): string {
  const { thread, step, before, after, result } = moment;
  const does = deeds[thread]?.does === 'read' ? 'reads map_count' : 'lowers max_map_count';
  const counts =
    before.mapCount === after.mapCount
      ? `${after.mapCount}`
      : `${before.mapCount} -> ${after.mapCount}`;
  const head = `${`${number}`.padStart(4)} ${nameOf(thread)} ${(step?.name ?? does).padEnd(STEP)}`;
  const gauged = `${head} ${`${counts} of ${after.env.maxMapCount}`.padEnd(COUNT)}`;
  const end = result === undefined ? '' : ` = ${resultText(result)}`;
  const space = before.vmas === after.vmas ? '' : ` ${strip(after.vmas, pages)}`;
  const whole = gauged + space + end;
  return (whole.length > WIDTH ? gauged + end : whole).trimEnd();
}

/** A race below the heading: the threads, the address space before and after, and the interleaving. */
export function raceBody(counterexample: RaceCounterexample): string {
  const { explanation, history, limit, limitAfter, before, after, pages, moments } = counterexample;
  const gauges = [gauge(before, limit), gauge(after, limitAfter)] as const;
  const head = `${'thread, step'.padEnd(STEP - 4)} map_count`;
  return [
    ...row('why', explanation),
    ...historyRows(history, limit, false),
    ...threadRows(counterexample),
    '',
    ...beforeAfterRows([before, after], gauges, pages),
    '',
    exactly('order', head),
    ...moments.filter(matters).map((one, i) => momentRow(one, i + 1, counterexample)),
  ].join('\n');
}
