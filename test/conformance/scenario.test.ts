import { describe, expect, test } from 'vitest';
import { parseScenario } from '../../src/conformance/scenario.js';
import { BadInput } from '../../src/input/bad-input.js';
import { modelCall } from '../../src/input/call.js';

const MREMAP = {
  call: 'mremap',
  addr: 2,
  oldLen: 2,
  newLen: 2,
  flags: ['MAYMOVE', 'FIXED'],
  newAddr: 9,
};
const MMAP = { call: 'mmap', addr: 0, len: 8, kind: 'anon', prot: 'rw', offset: 0 };
const GOOD = { id: 's-1', pages: 12, headroom: 4, setup: [MMAP], calls: [MREMAP] };

const parse = (value: unknown) => parseScenario(JSON.stringify(value), 'file.jsonl:3');

/** The message of the BadInput that the value is refused with. */
function refusal(line: string): string {
  try {
    parseScenario(line, 'file.jsonl:3');
  } catch (error) {
    expect(error).toBeInstanceOf(BadInput);
    return (error as BadInput).message;
  }
  throw new Error('the line was accepted');
}

test('a good scenario is taken as it is', () => {
  expect(parse(GOOD)).toEqual(GOOD);
});

test('every call of the format is taken', () => {
  const range = { addr: 1, len: 2 };
  const calls = [
    { call: 'touch', ...range },
    { call: 'munmap', ...range },
    { call: 'mprotect', ...range, prot: 'r' },
    { call: 'mlock', ...range },
    { call: 'munlock', ...range },
    { call: 'mseal', ...range },
  ];
  expect(parse({ ...GOOD, calls }).calls).toEqual(calls);
});

test('the limits of the format are taken', () => {
  const edge = { ...GOOD, pages: 64, headroom: 0, calls: [{ ...MREMAP, addr: 63, newAddr: 63 }] };
  expect(parse(edge)).toEqual(edge);
});

test('flags become the bits of the system call, and other calls stay as they are', () => {
  const { calls } = parse({
    ...GOOD,
    calls: [
      { ...MREMAP, flags: [] },
      { ...MREMAP, flags: ['MAYMOVE'] },
      { ...MREMAP, flags: ['FIXED', 'MAYMOVE'] },
      { ...MREMAP, flags: ['MAYMOVE', 'DONTUNMAP'] },
      { call: 'mseal', addr: 0, len: 1 },
    ],
  });
  // MREMAP_MAYMOVE 1, MREMAP_FIXED 2, MREMAP_DONTUNMAP 4 in <linux/mman.h>.
  expect(calls.map(modelCall)).toEqual([
    { ...MREMAP, flags: 0 },
    { ...MREMAP, flags: 1 },
    { ...MREMAP, flags: 3 },
    { ...MREMAP, flags: 5 },
    { call: 'mseal', addr: 0, len: 1 },
  ]);
});

describe('a bad scenario gives one message with place, finding and expectation:', () => {
  const bad: readonly {
    readonly what: string;
    readonly value: unknown;
    readonly place: string;
    readonly found: string;
    readonly expected: string;
  }[] = [
    {
      what: 'not an object',
      value: [1],
      place: 'the value',
      found: '[1]',
      expected: 'a scenario, an object',
    },
    {
      what: 'a missing field',
      value: { ...GOOD, pages: undefined },
      place: '.pages',
      found: 'nothing',
      expected: 'the pages of the window, a whole number from 1 to 64',
    },
    {
      what: 'negative headroom',
      value: { ...GOOD, headroom: -1 },
      place: '.headroom',
      found: '-1',
      expected: 'a headroom in map slots, a whole number from 0 to 1000000',
    },
    {
      what: 'headroom that is not whole',
      value: { ...GOOD, headroom: 1.5 },
      place: '.headroom',
      found: '1.5',
      expected: 'a headroom in map slots, a whole number from 0 to 1000000',
    },
    {
      what: 'a window larger than the model',
      value: { ...GOOD, pages: 65 },
      place: '.pages',
      found: '65',
      expected: 'the pages of the window, a whole number from 1 to 64',
    },
    {
      what: 'an unknown call',
      value: { ...GOOD, calls: [MREMAP, { call: 'madvise', addr: 0, len: 1 }] },
      place: '.calls[1]',
      found: '{"call":"madvise","addr":0,"len":1}',
      expected: 'a call, one of mmap, touch, munmap, mprotect, mlock, munlock, mseal, mremap',
    },
    {
      what: 'a call that is not an object',
      value: { ...GOOD, setup: [null] },
      place: '.setup[0]',
      found: 'null',
      expected: 'a call, one of mmap, touch, munmap, mprotect, mlock, munlock, mseal, mremap',
    },
    {
      what: 'an unknown flag',
      value: { ...GOOD, calls: [{ ...MREMAP, flags: ['MAYMOVE', 'MAP_FIXED'] }] },
      place: '.calls[0].flags[1]',
      found: '"MAP_FIXED"',
      expected: 'a flag, one of MAYMOVE, FIXED, DONTUNMAP',
    },
    {
      what: 'an unknown kind',
      value: { ...GOOD, setup: [{ ...MMAP, kind: 'hugetlb' }] },
      place: '.setup[0].kind',
      found: '"hugetlb"',
      expected: 'a kind, one of anon, fpriv, fshared, shm, ramfs',
    },
    {
      what: 'an unknown protection',
      value: { ...GOOD, setup: [{ ...MMAP, prot: 'rwx' }] },
      place: '.setup[0].prot',
      found: '"rwx"',
      expected: 'a protection, one of r, rw',
    },
    {
      what: 'a length of zero where none may be',
      value: { ...GOOD, setup: [{ ...MMAP, len: 0 }] },
      place: '.setup[0].len',
      found: '0',
      expected: 'a length in pages, a whole number from 1 to 64',
    },
    {
      what: 'an address as a text',
      value: { ...GOOD, calls: [{ ...MREMAP, newAddr: '9' }] },
      place: '.calls[0].newAddr',
      found: '"9"',
      expected: 'a page, a whole number from 0 to 63',
    },
    {
      what: 'a page outside the window',
      value: { ...GOOD, setup: [MMAP, { call: 'touch', addr: 10, len: 3 }] },
      place: '.setup[1]',
      found: 'addr 10 and len 3, up to page 12',
      expected: 'pages of the window, 0 to 11',
    },
    {
      what: 'a new address outside the window',
      value: { ...GOOD, calls: [{ ...MREMAP, newAddr: 12 }] },
      place: '.calls[0]',
      found: 'newAddr 12',
      expected: 'pages of the window, 0 to 11',
    },
    {
      what: 'a name that is a command to a terminal',
      value: { ...GOOD, id: 'a\u001b[31m' },
      place: '.id',
      found: '"a\\u001b[31m"',
      expected: 'text without control characters',
    },
    {
      what: 'a name that turns around the text after it',
      value: { ...GOOD, id: 'a\u202Eb' },
      place: '.id',
      found: '"a\u202eb"',
      expected: 'text without control characters',
    },
    {
      what: 'a field with a name of two lines',
      value: { ...GOOD, calls: [{ ...MREMAP, 'a\nb': 1 }] },
      place: '.calls[0]',
      found: '"a\\nb"',
      expected: 'text without control characters',
    },
    {
      what: 'an extra field of the scenario',
      value: { a: 1, limit: 9 },
      place: 'the value',
      found: '{"a":1,"limit":9}',
      expected: 'one of the fields id, pages, headroom, setup, calls, not "a"',
    },
    {
      what: 'an extra field of a call',
      value: { ...GOOD, calls: [{ call: 'munmap', addr: 0, len: 1, prot: 'r' }] },
      place: '.calls[0]',
      found: '{"call":"munmap","addr":0,"len":1,"prot":"r"}',
      expected: 'one of the fields call, addr, len, not "prot"',
    },
    {
      what: 'a call with the name of a property that every object has',
      value: { ...GOOD, calls: [{ call: 'toString' }] },
      place: '.calls[0]',
      found: '{"call":"toString"}',
      expected: 'a call, one of mmap, touch, munmap, mprotect, mlock, munlock, mseal, mremap',
    },
  ];

  test('nested deeper than a reader of it can go', () => {
    expect(refusal('['.repeat(5000) + ']'.repeat(5000))).toBe(
      'file.jsonl:3: found JSON nested more than 100 deep, expected at most that',
    );
  });

  for (const { what, value, place, found, expected } of bad) {
    test(what, () => {
      expect(refusal(JSON.stringify(value))).toBe(
        `file.jsonl:3: ${place}: found ${found}, expected ${expected}`,
      );
    });
  }

  test('a value too long for a line is cut', () => {
    const id = Array.from({ length: 50 }, (_, i) => i);
    const message = refusal(JSON.stringify({ ...GOOD, id }));
    expect(message).toMatch(/^file\.jsonl:3: \.id: found \[0,1,2,.*\.\.\., expected string$/);
    expect(message.length).toBeLessThan(120);
  });

  test('not JSON', () => {
    expect(refusal('{"id":')).toMatch(
      /^file\.jsonl:3: found something that is not JSON \(.+\), expected a scenario as JSON, all of it in one line$/,
    );
  });
});
