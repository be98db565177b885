import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { BadInput } from '../../src/input/bad-input.js';
import { changed, dropped } from '../../src/model/edits.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { cText } from '../../src/report/faces/c.js';
import { FORMAT_NAMES, FORMATS } from '../../src/report/faces/formats.js';
import { itfText } from '../../src/report/faces/itf.js';
import { mailText } from '../../src/report/faces/mail.js';
import { syzkallerText } from '../../src/report/faces/syzkaller.js';
import { terminalText } from '../../src/report/faces/terminal.js';
import { style } from '../../src/report/style.js';
import type { BreachTrace, Trace } from '../../src/trace/trace.js';
import { newFolder } from '../support/new-folder.js';
import { itfFaults } from './itf-rules.js';
import { syzFaults } from './syz-rules.js';
import { allBreaches, allTraces } from './violations.js';

const isCall = (trace: Trace): boolean => trace.kind === 'call';

/** What each format says of a trace that it cannot show. */
const CANNOT = {
  c: /#define CANNOT "no process can show it: /,
  syzkaller: /No program shows it for certain|Not written|not written/,
  'fast-check': /test\.skip\("not a sequence of calls: /,
} as const;

// The first to ask waits for a verification of some seconds, or minutes on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

describe('every violation', () => {
  test.each(FORMAT_NAMES)('renders as %s', async (name) => {
    for (const trace of await allTraces()) {
      const text = FORMATS[name].text(trace, releaseByRef);
      expect(text).not.toMatch(/undefined|NaN|\[object/);
      expect(text.length).toBeGreaterThan(150);
    }
  });

  test.each(Object.entries(CANNOT))(
    'that is a race is said to be beyond %s',
    async (name, words) => {
      const races = (await allBreaches()).filter((trace) => trace.kind === 'race');
      expect(races.length).toBeGreaterThan(10);
      for (const race of races)
        expect(FORMATS[name as keyof typeof CANNOT].text(race, releaseByRef)).toMatch(words);
    },
  );

  test('in which something is made to fail names it where it cannot be shown', async () => {
    const failing = (await allBreaches()).filter((t) => t.kind === 'call' && t.failures.length > 0);
    expect(failing.length).toBeGreaterThan(10);
    for (const trace of failing) {
      for (const [name, words] of Object.entries(CANNOT)) {
        const text = FORMATS[name as keyof typeof CANNOT].text(trace, releaseByRef);
        expect(text).toMatch(words);
        if (trace.kind === 'call') expect(text).toContain(trace.failures[0]?.kernel);
      }
    }
  });
});

describe('a mail', () => {
  const isMail = (text: string): boolean =>
    text.split('\n').every((line) => line.length <= 72 && /^[\x20-\x7e]*$/.test(line));

  test('is ASCII of 72 columns for every violation', async () => {
    for (const trace of await allTraces()) expect(mailText(trace, releaseByRef)).toSatisfy(isMail);
  });

  test('and for any words and windows that a trace may have', async () => {
    const [some] = (await allBreaches()).filter(isCall) as [BreachTrace];
    const words = fc.string({ unit: 'grapheme', maxLength: 300 });
    fc.assert(
      fc.property(
        words,
        words,
        words,
        fc.integer({ min: 5, max: 64 }),
        (why, bounds, release, pages) => {
          const trace = { ...some, explanation: why, bounds, release, pages };
          expect(mailText(trace, releaseByRef)).toSatisfy(isMail);
        },
      ),
    );
  });
});

describe('a mail about a patch', () => {
  const base = releaseByRef('v7.1');
  const patch = {
    ...dropped(
      'mremap',
      'lookup-again',
    )(changed('mremap', 'early-count-check', { count: { need: 3 } })(base)),
    id: 'p.json',
    base,
    changes: 'An early check that asks for what a move of one VMA needs, on v7.1.',
  };

  test('says what it is and what it edits, of whoever does not have its file', async () => {
    const [some] = (await allBreaches()).filter(isCall) as [BreachTrace];
    const text = mailText({ ...some, release: 'p.json' }, () => patch).replace(/\s+/g, ' ');
    expect(text).toContain(`p.json: ${patch.changes} - early-count-check asks for 3 instead of 4`);
    expect(text).toContain(' - lookup-again is dropped ');
  });

  test('does without where its file is not there any more', async () => {
    const [some] = (await allBreaches()).filter(isCall) as [BreachTrace];
    const gone = (): never => {
      throw new BadInput('p.json: cannot be read');
    };
    expect(mailText({ ...some, release: 'p.json' }, gone)).toContain('Release p.json breaks');
  });
});

describe('a trace on a terminal', () => {
  const plain = { s: style(false), verbose: true, vmas: 'all' } as const;

  test('is as wide as the terminal at most, whatever the window', async () => {
    for (const trace of (await allTraces()).filter((_, i) => i % 5 === 0)) {
      for (const width of [40, 56, 72, 120]) {
        for (const pages of [trace.pages, 40]) {
          const text = terminalText({ ...trace, pages }, { ...plain, width });
          const widest = text.split('\n').filter((line) => line.length > width);
          // A single word that is longer stays whole.
          expect(
            widest.filter((line) => line.trim().includes(' ') && !/^\s*\S+$/.test(line.trim())),
          ).toEqual([]);
        }
      }
    }
  });

  test('with every step names its kernel function and map_count', async () => {
    const trace = (await allBreaches()).find((t) => t.kind === 'call' && t.steps.length > 8);
    if (trace?.kind !== 'call') throw new Error('no call');
    const text = terminalText(trace, { ...plain, width: 120 });
    for (const { step, kernel } of trace.steps) expect(text).toContain(`${step}, ${kernel}()`);
    const short = terminalText(trace, { ...plain, verbose: false, width: 120 });
    expect(short.split('\n').length).toBeLessThan(text.split('\n').length);
  });

  test('marks VMAs that came and went, in colour too, and hides the others if asked', async () => {
    const trace = (await allBreaches()).find(
      (t) =>
        t.kind === 'call' &&
        t.before.length > 1 &&
        t.before.some((v) => t.after.some((w) => JSON.stringify(v) === JSON.stringify(w))) &&
        t.after.length !== t.before.length,
    );
    if (trace === undefined) throw new Error('no such trace');
    const all = terminalText(trace, { ...plain, width: 80 });
    const changed = terminalText(trace, { ...plain, width: 80, vmas: 'changed' });
    expect(all).toMatch(/^ {12}[-+] \d/m);
    expect(all).toMatch(/^ {14}\d/m);
    expect(changed).not.toMatch(/^ {14}\d/m);
    expect(changed).toMatch(/\(\d unchanged\)/);
    const painted = terminalText(trace, { ...plain, s: style(true), width: 80 });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escapes
    expect(painted.replace(/\x1b\[\d+m/g, '')).toBe(all);
    expect(painted).not.toBe(all);
  });
});

test('a test for fast-check is of the address space that was found, or says that it is not', async () => {
  const found = (await allBreaches()).find((t) => t.kind === 'call' && t.before.length === 1);
  if (found?.kind !== 'call') throw new Error('no call');
  const [vma] = found.before as [(typeof found.before)[number]];
  // Mapped one after the other these two merge.
  const unknown = {
    ...found,
    setup: null,
    before: [
      { ...vma, start: 0, pages: 1 },
      { ...vma, start: 1, pages: 1 },
    ],
  };
  expect(FORMATS['fast-check'].text(found)).toContain('expect(judge(');
  expect(FORMATS['fast-check'].text(unknown)).toMatch(
    /test\.skip\("not a sequence of calls: no calls are known that build its address space"/,
  );
});

test('ITF keeps the rules of ADR 015, with a state before the first step and one behind each', async () => {
  for (const trace of await allTraces()) {
    const itf = JSON.parse(itfText(trace));
    expect(itfFaults(itf)).toEqual([]);
    const steps =
      trace.kind === 'race'
        ? trace.interleaving.length + 1
        : trace.kind === 'call'
          ? trace.steps.length + 1
          : trace.outcomes[0].steps.length + trace.outcomes[1].steps.length + 2;
    expect(itf.states).toHaveLength(steps);
    const last = itf.states.at(-1);
    if (trace.kind === 'call') {
      expect(last.result).toBe(trace.result);
      expect(last.vmas).toHaveLength(trace.after.length);
    }
  }
});

describe('a syzkaller program', () => {
  test('clears the window and a page on either side, so that nothing there merges or counts', async () => {
    const trace = (await allBreaches()).find((t) => isCall(t) && t.pages === 3) as BreachTrace;
    expect(syzkallerText(trace, releaseByRef)).toContain(
      'munmap(&(0x7f00003ff000/0x5000)=nil, 0x5000)',
    );
  });

  test('is not written where its huge pages do not fit behind the 4 MiB before the window', async () => {
    const huge = (await allBreaches()).find(
      (t) =>
        /hugetlb/.test(JSON.stringify(t.setup)) &&
        !CANNOT.syzkaller.test(syzkallerText(t, releaseByRef)),
    ) as BreachTrace;
    // Half a huge page, of 1 MiB, is a page of the model; a program has 16 MiB.
    const [fits, not] = [11, 13].map((pages) => syzkallerText({ ...huge, pages }, releaseByRef));
    expect(syzFaults(fits as string)).toEqual([]);
    expect(fits).toMatch(/^mremap\(|^munmap\(/m);
    expect(not).toContain('Not written: its huge pages take more memory than a program has.');
  });
});

test('a set-up under the limit from its first call on is one in a test for fast-check', async () => {
  const calls = (await allBreaches()).filter((t) => t.kind === 'call');
  for (const fromStart of [true, false]) {
    const trace = calls.find(
      (t) => t.limitedFromStart === fromStart && FORMATS['fast-check'].text(t).includes('judge('),
    );
    expect(FORMATS['fast-check'].text(trace as Trace)).toContain(
      `"limitedFromStart": ${fromStart}`,
    );
  }
});

test('userfaultfd is named as what no process brings about, whether or not calls are known that arm', async () => {
  const armed = (await allBreaches()).find(
    (t) => t.kind === 'call' && t.failures.length === 0 && t.before.some((vma) => vma.armed),
  ) as BreachTrace;
  for (const setup of [armed.setup, null]) {
    expect(cText({ ...armed, setup }, releaseByRef)).toContain(
      '#define CANNOT "no process can show it: userfaultfd is in it"',
    );
  }
});

test('syzkaller programs keep to the grammar of its documentation', async () => {
  for (const trace of await allTraces())
    expect(syzFaults(syzkallerText(trace, releaseByRef))).toEqual([]);
});

describe('the C reproducers', () => {
  const compile = (source: string, ...flags: readonly string[]) => {
    const file = join(newFolder(), 'one.c');
    writeFileSync(file, source);
    const program = file.replace(/\.c$/, '');
    const { stderr, status } = spawnSync(
      'cc',
      ['-Wall', '-Wextra', '-Werror', ...flags, '-o', program, file],
      { encoding: 'utf8' },
    );
    return { program, stderr, status };
  };
  const oneOfEach = async (): Promise<Trace[]> => {
    const traces = await allTraces();
    const seen = new Map(traces.map((t) => [t.kind === 'call' ? `${t.invariant}` : t.kind, t]));
    return [...seen.values()];
  };

  test('compile without warnings, one of each invariant', async () => {
    for (const trace of await oneOfEach()) {
      expect(compile(cText(trace, releaseByRef), '-std=gnu11').stderr).toBe('');
    }
  });

  test('ask with map slots to spare where another errno is the question, and there alone', async () => {
    const asking = (await allTraces()).filter(
      (trace) => !/^#define WITH_ROOM 0$/m.test(cText(trace, releaseByRef)),
    );
    const about = new Set(asking.map((trace) => trace.kind === 'call' && trace.invariant));
    expect(about).toEqual(new Set(['errno-precedence-stable', 'sealed-source-eperm']));
  });

  test('skip as TAP has it where no process can show a trace', async () => {
    const race = (await allBreaches()).find(({ kind }) => kind === 'race') as BreachTrace;
    const { program } = compile(cText(race, releaseByRef));
    const { stdout, status } = spawnSync(program, { encoding: 'utf8' });
    expect(status).toBe(4);
    expect(stdout).toMatch(
      /^TAP version 13\n1\.\.1\nok 1 \S+ # SKIP no process can show it: it is a race/,
    );
  });
});
