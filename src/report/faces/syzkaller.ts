import { callText } from '../../model/call-text.js';
import { flagBits } from '../../model/calls.js';
import { HUGE } from '../../model/vma.js';
import { callOf, type TracedCall } from '../../trace/call.js';
import type { Trace } from '../../trace/trace.js';
import { wrapped } from '../wrap.js';
import { type ReleaseOf, realCalls } from './real-calls.js';
import { repeatText } from './subject.js';

const PAGE = 4096;
const HALF_HUGE = (2 << 20) / HUGE;
/** In programs, of the memory that syzkaller itself maps, of 16 MiB. */
const MEMORY = 0x7f0000000000;
const MEMORY_SIZE = 16 << 20;
/** Of the window; a multiple of the size of a huge page. */
const WINDOW = 0x400000;

const PROTS = { r: 1, rw: 3 } as const;
const MAP_FIXED = 0x10;
const MAPS: Readonly<Record<string, number>> = {
  anon: 0x22,
  fpriv: 0x02,
  fshared: 0x01,
  shm: 0x21,
  hugetlb: 0x44021,
};

const hex = (n: number): string => `0x${n.toString(16)}`;

/** Writes calls with pages of so many bytes. */
class Program {
  constructor(private readonly unit: number) {}

  private at(page: number): number {
    return MEMORY + WINDOW + page * this.unit;
  }

  /** A range as an argument; of no bytes there is none. */
  private range(page: number, pages: number): string {
    return `&(${hex(this.at(page))}/${hex(Math.max(1, Math.ceil(pages)) * this.unit)})=nil`;
  }

  private size(pages: number): string {
    return hex(Math.floor(pages) * this.unit + (Number.isInteger(pages) ? 0 : PAGE / 2));
  }

  /** The lines for one call, with the call in words before them. */
  lines(call: TracedCall): string[] {
    return [`# ${callText(callOf(call))}`, ...this.written(call)];
  }

  private written(call: TracedCall): string[] {
    if (call.call === 'mremap') {
      const { addr, oldLen, newLen, newAddr, flags } = call;
      if (!Number.isInteger(addr) || !Number.isInteger(newAddr)) {
        return ['# not written: in a program addresses are those of pages'];
      }
      const [source, target] = [this.range(addr, oldLen), this.range(newAddr, newLen)];
      return [
        `mremap(${source}, ${this.size(oldLen)}, ${this.size(newLen)}, ${hex(flagBits(flags))}, ${target})`,
      ];
    }
    const range = `${this.range(call.addr, call.len)}, ${this.size(call.len)}`;
    if (call.call === 'mmap') {
      const flags = hex((MAPS[call.kind] ?? 0) | MAP_FIXED);
      const isFile = call.kind === 'fpriv' || call.kind === 'fshared';
      const [file, offset] = isFile
        ? ['r0', this.size(call.offset)]
        : ['0xffffffffffffffff', '0x0'];
      return [`mmap(${range}, ${hex(PROTS[call.prot])}, ${flags}, ${file}, ${offset})`];
    }
    if (call.call === 'mprotect') return [`mprotect(${range}, ${hex(PROTS[call.prot])})`];
    if (call.call === 'mseal') return [`mseal(${range}, 0x0)`];
    if (call.call === 'touch') {
      return Array.from(
        { length: call.len },
        (_, i) => `pread64(r0, &(${hex(this.at(call.addr + i))})=""/1, 0x1, 0x0)`,
      );
    }
    return [`${call.call}(${range})`];
  }

  /** Whether the window is within the memory of a program. */
  fits(pages: number): boolean {
    return WINDOW + pages * this.unit <= MEMORY_SIZE;
  }

  /** Takes away what syzkaller has mapped there, with a page on either side. */
  clear(pages: number): string {
    const start = MEMORY + WINDOW - PAGE;
    const length = pages * this.unit + 2 * PAGE;
    return `munmap(&(${hex(start)}/${hex(length)})=nil, ${hex(length)})`;
  }
}

const comment = (text: string): string =>
  text
    .split('\n')
    .map((line) => (line === '' ? '#' : wrapped(line, '# ', 100)))
    .join('\n');

/** Calls without what the trace has besides; marked as a program that does not show it. */
function bare(trace: Trace, reason: string): string[] {
  const program = new Program(PAGE);
  const calls =
    trace.kind === 'race'
      ? trace.threads.flatMap((thread) => (thread.does === 'call' ? [thread.call] : []))
      : [trace.call];
  const how =
    trace.kind === 'race' ? ' Its calls are marked (async), so that they may meet each other.' : '';
  const speakable = [...(trace.setup ?? []), ...calls].every(
    (call) => call.call !== 'uffd' && !(call.call === 'mmap' && MAPS[call.kind] === undefined),
  );
  const limit = `max_map_count is ${trace.maxMapCount} in the trace, and map_count ${trace.before.length} when ${trace.kind === 'race' ? 'the race begins' : 'the call is made'}.`;
  const said = comment(`\nNo program shows it for certain: ${reason}.${how} ${limit}`);
  if (!speakable || trace.setup === null) return [said, '# Not written.'];
  const last = calls.flatMap((call) =>
    program
      .lines(call)
      .map((line) => (trace.kind === 'race' && !line.startsWith('#') ? `${line} (async)` : line)),
  );
  return [
    said,
    ...opening(program, trace.pages),
    ...trace.setup.flatMap((c) => program.lines(c)),
    ...last,
  ];
}

const opening = (program: Program, pages: number): string[] => [
  "r0 = memfd_create(&(0x7f0000000000)='file\\x00', 0x0)",
  'ftruncate(r0, 0x4000000)',
  program.clear(pages),
];

/** A program for syz-execprog; the limit is set by whoever runs it. */
export function syzkallerText(trace: Trace, releaseOf: ReleaseOf): string {
  const real = realCalls(trace, releaseOf);
  const head = comment(
    `SPDX-License-Identifier: MIT\n${repeatText(trace)}\n\nsyz-execprog -threaded=1 -repeat=1 FILE`,
  );
  if ('impossible' in real) return [head, ...bare(trace, real.impossible)].join('\n');
  const { setup, calls, headroom } = real;
  const isHuge = [...setup, ...calls].some(
    (call) => call.call === 'mmap' && call.kind === 'hugetlb',
  );
  const program = new Program(isHuge ? HALF_HUGE : PAGE);
  if (!program.fits(trace.pages)) {
    return [
      head,
      comment('\nNot written: its huge pages take more memory than a program has.'),
    ].join('\n');
  }
  const limit = comment(
    `\nThe limit: no program can count its own VMAs, so set it by hand for the call marked below. It has to be map_count of the executor then plus ${headroom}: stop it there, count the lines of /proc/PID/maps without [vsyscall], and use sysctl -w vm.max_map_count=N. With a larger limit the calls run, but show nothing that hangs on it.`,
  );
  return [
    head,
    limit,
    ...opening(program, trace.pages),
    ...setup.flatMap((call) => program.lines(call)),
    `# From here on max_map_count is map_count plus ${headroom}.`,
    ...calls.flatMap((call) => program.lines(call)),
  ].join('\n');
}
