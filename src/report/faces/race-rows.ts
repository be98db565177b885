import { callText } from '../../model/call-text.js';
import { callOf } from '../../trace/call.js';
import type { RaceTrace, TracedMoment } from '../../trace/trace.js';
import { vmaOf } from '../../trace/vma.js';
import { exactly, row } from '../rows.js';
import { strip } from '../strip.js';
import type { Canvas } from './canvas.js';

const STEP = 29;
const COUNT = 12;

/** Threads are A, B and so on. */
const nameOf = (thread: number): string => String.fromCharCode(65 + thread);

export function threadRows({ threads }: RaceTrace, { width }: Canvas): string[] {
  return threads.flatMap((thread, i) => {
    const text =
      thread.does === 'lower'
        ? `lowers max_map_count to ${thread.maxMapCount}`
        : thread.does === 'read'
          ? `reads map_count: ${thread.seen}`
          : `${callText(callOf(thread.call))}${thread.result === null ? '' : ` = ${thread.result}`}`;
    return row(i === 0 ? 'threads' : '', `${nameOf(i)} ${text}`, width);
  });
}

/** A step that others can tell, or that tells others from itself: all but those that look at nothing shared. */
const matters = (one: TracedMoment): boolean =>
  one.step === null ||
  one.takesLock ||
  one.counts ||
  one.vmasChanged ||
  one.mapCountBefore !== one.mapCountAfter ||
  one.result !== null;

/** Which thread, which step, map_count and the limit then, and what came of it. */
function momentRow(
  moment: TracedMoment,
  number: number,
  { threads, pages }: RaceTrace,
  { width, verbose }: Canvas,
): string[] {
  const { thread, step, kernel, mapCountBefore, mapCountAfter, maxMapCount, result } = moment;
  const does = threads[thread]?.does === 'read' ? 'reads map_count' : 'lowers max_map_count';
  const counts =
    mapCountBefore === mapCountAfter ? `${mapCountAfter}` : `${mapCountBefore} -> ${mapCountAfter}`;
  const head = `${`${number}`.padStart(4)} ${nameOf(thread)} ${(step ?? does).padEnd(STEP)}`;
  const gauged = `${head} ${`${counts} of ${maxMapCount}`.padEnd(COUNT)}`;
  const end = result === null ? '' : ` = ${result}`;
  const space = moment.after === null ? '' : ` ${strip(moment.after.map(vmaOf), pages)}`;
  const whole = gauged + space + end;
  const line = (whole.length > width ? gauged + end : whole).trimEnd();
  const lines = line.length > width ? row('', line.trim().replace(/ +/g, ' '), width) : [line];
  return verbose && kernel !== null ? [...lines, ...row('', `${kernel}()`, width)] : lines;
}

/** The interleaving; with `verbose` all of it, with the kernel functions. */
export function momentRows(trace: RaceTrace, canvas: Canvas): string[] {
  const shown = trace.interleaving.filter((one) => canvas.verbose || matters(one));
  const head = exactly('order', `${'thread, step'.padEnd(STEP - 4)} map_count`);
  return [
    head.length <= canvas.width ? head : exactly('order', 'thread, step'),
    ...shown.flatMap((one, i) => momentRow(one, i + 1, trace, canvas)),
  ];
}
