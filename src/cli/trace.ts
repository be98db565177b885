import { BadInput } from '../input/bad-input.js';
import { parseJson } from '../input/decode.js';
import { inputName, readInput } from '../input/read-text.js';
import { callText } from '../model/call-text.js';
import { namingFaults } from '../patches/breakdown.js';
import { releaseOfReference } from '../patches/reference.js';
import {
  FORMAT_NAMES,
  FORMATS,
  type Format,
  type FormatName,
  fileName,
} from '../report/faces/formats.js';
import type { ReleaseOf } from '../report/faces/real-calls.js';
import { terminalText } from '../report/faces/terminal.js';
import { plural } from '../report/words.js';
import { wrapped } from '../report/wrap.js';
import { callOf } from '../trace/call.js';
import { tracesIn } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { Exit } from './exit.js';
import { releaseFor } from './release-flag.js';
import { columns, note, print, stdoutStyle } from './terminal.js';
import { writeTraces } from './trace-files.js';

export interface TraceFlags {
  readonly format?: FormatName;
  readonly number?: number;
  readonly invariant?: string;
  readonly release?: string;
  readonly out?: string;
  readonly verbose?: true;
  readonly changed?: true;
}

/** A trace with its number in the file, from 1. */
interface Numbered {
  readonly number: number;
  readonly trace: Trace;
}

/** The traces of a file, or of standard input (`-`); throws BadInput. */
function readTraces(file: string): Numbered[] {
  const name = inputName(file);
  const text = readInput(file, 'traces of verify --json');
  const traces = tracesIn(parseJson(text, name), `${name}: `);
  if (traces.length === 0) {
    throw new BadInput(
      `${name}: found no trace, expected what verify --json writes, or a part of it`,
    );
  }
  return traces.map((trace, i) => ({ number: i + 1, trace }));
}

const releasesIn = (trace: Trace): string[] =>
  trace.kind === 'difference' ? trace.outcomes.map(({ release }) => release) : [trace.release];

const invariantOf = (trace: Trace): string | undefined =>
  trace.kind === 'difference' ? undefined : trace.invariant;

/** Those that the flags name; throws BadInput where there are none. */
function chosen(all: readonly Numbered[], flags: TraceFlags): readonly Numbered[] {
  const { number, invariant, release } = flags;
  if (number !== undefined && number > all.length) {
    throw new BadInput(`--number: found ${number}, expected one of 1 to ${all.length}`);
  }
  const ones = all.filter(
    (one) =>
      (number === undefined || one.number === number) &&
      (invariant === undefined || invariantOf(one.trace) === invariant) &&
      (release === undefined || releasesIn(one.trace).includes(release)),
  );
  if (ones.length > 0) return ones;
  const asked = [number === undefined ? number : `number ${number}`, invariant, release];
  throw new BadInput(
    `found no trace of ${asked.filter((word) => word !== undefined).join(' on ')}, expected one of these:\n${briefList(all)}`,
  );
}

/** What is wrong; of a difference, what is called and what comes of it on either release. */
function aboutText(trace: Trace): string {
  if (trace.kind !== 'difference') return trace.explanation;
  return `${callText(callOf(trace.call))}: ${trace.outcomes.map(({ result }) => result).join(', ')}`;
}

/** Of a list: as wide as the longest name, but for names that leave no room for anything behind them. */
const WIDEST_NAME = 40;

/** An entry for each: its number, what it is of, and what is wrong. */
function listText(ones: readonly Numbered[]): string {
  const longest = Math.max(...ones.map(({ trace }) => fileName(trace).length));
  const wide = Math.min(WIDEST_NAME, longest);
  return ones
    .map(({ number, trace }) => {
      const about = wrapped(aboutText(trace), ' '.repeat(wide + 9), 80).trimStart();
      return `${`${number}`.padStart(5)}  ${fileName(trace).padEnd(wide)}  ${about}`;
    })
    .join('\n');
}

/** Lines of a list in a message. */
const MOST_LINES = 12;

/** The start of the list, for a message. */
function briefList(ones: readonly Numbered[]): string {
  const more = ones.length - MOST_LINES;
  const first = listText(ones.slice(0, MOST_LINES));
  return more <= 0 ? first : `${first}\n  and ${more} more, which mremap-check trace FILE lists`;
}

/** Of the modules that a file names, those are run that the command line names too. */
const reading = (ref: string, { release }: TraceFlags) => ({ modules: ref === release });

/** A format that runs a trace says in its place that the release cannot be had; asked for alone, it is refused. */
function checkReleases(
  file: string,
  ones: readonly Numbered[],
  format: FormatName,
  flags: TraceFlags,
): void {
  const { runs }: Format = FORMATS[format];
  if (runs !== true) return;
  for (const { number, trace } of ones) {
    if (trace.kind !== 'call') continue;
    const place = `${file}: release of trace ${number}`;
    releaseFor(trace.release, place, reading(trace.release, flags));
  }
}

const releaseOf =
  (flags: TraceFlags): ReleaseOf =>
  (ref) =>
    namingFaults(releaseOfReference(ref, reading(ref, flags)));

function shown(trace: Trace, format: FormatName, flags: TraceFlags): string {
  if (format !== 'terminal') return FORMATS[format].text(trace, releaseOf(flags)).trimEnd();
  return terminalText(trace, {
    s: stdoutStyle(),
    width: columns(),
    verbose: flags.verbose === true,
    vmas: flags.changed === true ? 'changed' : 'all',
  });
}

/** Lists the traces of a file, shows one of them, or writes some into a folder. */
export function traceCommand(file: string, flags: TraceFlags): Exit {
  const { format } = flags;
  const all = readTraces(file);
  const ones = chosen(all, flags);
  if (format !== undefined) checkReleases(file, ones, format, flags);
  if (flags.out !== undefined) {
    const traces = ones.map(({ trace }) => trace);
    const formats = format === undefined ? FORMAT_NAMES : [format];
    const files = writeTraces(flags.out, traces, releaseOf(flags), formats);
    note(`${flags.out}: ${plural(files, 'file')} of ${plural(traces.length, 'trace')}`);
    return Exit.ok;
  }
  const [one, ...others] = ones;
  if (one !== undefined && others.length === 0) {
    print(shown(one.trace, format ?? 'terminal', flags));
    return Exit.ok;
  }
  if (format !== undefined) {
    throw new BadInput(
      `${file}: found ${ones.length} traces, expected one to print; --number takes one of these, -o writes all:\n${briefList(ones)}`,
    );
  }
  print(listText(ones));
  note('--number N shows one');
  return Exit.ok;
}
