import { describe, expect, test } from 'vitest';
import { KernelFailed } from '../../src/conformance/failed.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import {
  answeredId,
  parseAnswer,
  parseGivingUp,
  parseGreeting,
  requestLine,
  tooLong,
} from '../../src/kernels/wire.js';

const touch = { call: 'touch', addr: 0, len: 3 };
const map = { call: 'mmap', addr: 1, len: 4, kind: 'fshared', prot: 'r', offset: 2 };
const move = {
  call: 'mremap',
  addr: 1,
  oldLen: 2,
  newLen: 3,
  flags: ['MAYMOVE', 'FIXED'],
  newAddr: 5,
};

const scenario = (headroom: number, setup: readonly object[], calls: readonly object[]) =>
  parseScenario(JSON.stringify({ id: 'w', pages: 8, headroom, setup, calls }), 'test');

const answer = (text: string) => parseAnswer(text, scenario(0, [map, touch], [move]), '9.9');

describe('a request', () => {
  test('has the numbers of the probe', () => {
    const calls = [
      move,
      { call: 'munmap', addr: 1, len: 2 },
      { call: 'mprotect', addr: 1, len: 2, prot: 'rw' },
      { call: 'mlock', addr: 1, len: 2 },
      { call: 'munlock', addr: 1, len: 2 },
      { call: 'mseal', addr: 1, len: 2 },
    ];
    expect(requestLine(7, scenario(3, [map, touch], calls))).toBe(
      '7 8 3 2 6 0 1 4 3 1 2 1 0 3 7 1 2 3 3 5 2 1 2 3 1 2 3 4 1 2 5 1 2 6 1 2\n',
    );
  });

  test('asks for no more headroom than can be met', () => {
    expect(requestLine(0, scenario(1_000_000, [], [move]))).toBe('0 8 216 0 1 7 1 2 3 3 5\n');
  });

  test('cannot have more calls than the probe holds', () => {
    expect(tooLong(scenario(0, Array(128).fill(touch), Array(128).fill(move)))).toBeUndefined();
    expect(tooLong(scenario(0, Array(129).fill(touch), Array(128).fill(move)))).toBe(
      'it makes 257 calls, the probe at most 256',
    );
  });
});

describe('an answer', () => {
  test('is an outcome', () => {
    expect(
      answer('@4 0,3,apw 5,1,fsr,2 | 0,1,3;5 -1 2 3 -4 0,1,spn 4,2,rsw,7 | 0,1,1 5,9,2'),
    ).toEqual({
      id: 'w',
      kernel: '9.9',
      initial: {
        layout: [
          { start: 0, pages: 3, kind: 'anon', prot: 'rw', shared: false },
          { start: 5, pages: 1, kind: 'file', prot: 'r', shared: true, offset: 2 },
        ],
        data: { 0: 1, 1: 2, 2: 3 },
      },
      steps: [
        {
          result: { ok: 5 },
          mapCountDelta: -1,
          totalVmDelta: 2,
          lockedVm: 3,
          committedDelta: -4,
          layout: [
            { start: 0, pages: 1, kind: 'shm', prot: 'none', shared: false },
            { start: 4, pages: 2, kind: 'ramfs', prot: 'rw', shared: true, offset: 7 },
          ],
          data: { 0: 1, 5: 9, 6: 10 },
        },
      ],
    });
  });

  test('says that nothing changed, or that the address is outside, in a character', () => {
    const same = answer('@4 0,3,apw | 0,1,3;-12 0 0 0 0 =');
    expect(same).toMatchObject({
      steps: [{ result: { errno: 'ENOMEM' }, data: { 0: 1, 1: 2, 2: 3 } }],
    });
    expect(answer('@4 |;o 0 0 0 0 =')).toMatchObject({ steps: [{ result: { ok: 'outside' } }] });
  });

  test.each([
    [-95, 'EOPNOTSUPP'],
    [-4, 'EINTR'],
    [-11, 'EAGAIN'],
    [-524, 'errno 524'],
    [-4095, 'errno 4095'],
  ])('may be an errno that no call of the model returns: %d', (number, errno) => {
    expect(answer(`@4 |;${number} 0 0 0 0 =`)).toMatchObject({ steps: [{ result: { errno } }] });
  });

  test('says which touch of the set-up cannot write', () => {
    expect(answer('@4 x1')).toEqual({
      id: 'w',
      cannotSetUp: 'its set-up writes to pages 0 to 2, which are not all writable',
    });
  });

  test('says that its process was ended', () => {
    expect(() => answer('@4 k11')).toThrow(
      'signal 11 ended the process that ran scenario w on 9.9',
    );
  });

  test.each([
    ['@4 ', 'nothing'],
    ['@4 0,3,apw', 'no data'],
    ['@4 0,3,apw |', 'no step'],
    ['@4 0,3,axw |;0 0 0 0 0 =', 'a letter that means nothing'],
    ['@4 0,3,apw |;0 0 0 0 =', 'a number too few'],
    ['@4 0,3,apw | 1,2;0 0 0 0 0 =', 'a run without a count'],
    ['@4 |;-4096 0 0 0 0 =', 'a number too low for an errno'],
    ['@4 x0', 'a touch that is none'],
  ])('is refused where it is not one: %s (%s)', (line) => {
    expect(() => answer(line)).toThrow(KernelFailed);
    expect(() => answer(line)).toThrow('which is no outcome');
  });
});

test('an id is known by the sign before it', () => {
  expect(answeredId('@12 x1')).toBe(12);
  expect(answeredId('12 x1')).toBeUndefined();
  expect(answeredId('[    0.5] Kernel panic')).toBeUndefined();
});

test('a greeting says what the probe may do, and where it is', () => {
  expect(parseGreeting('#1 1 0 65530 7.3-cloud-amd64 #1 SMP Debian 7.3~rc7-1')).toEqual({
    locks: true,
    hasRamfs: false,
    limit: 65530,
    version: '7.3-cloud-amd64',
    build: '#1 SMP Debian 7.3~rc7-1',
  });
  expect(parseGreeting('#2 1 0 65530 7.3 x')).toBeUndefined();
});

test('a probe that gives up says why', () => {
  expect(parseGivingUp('!sysctl 13')).toBe(
    'it may not set vm.max_map_count (errno 13), expected to be root',
  );
  expect(parseGivingUp('!else 5')).toBe('it gave up (else 5)');
  expect(parseGivingUp('@1 x2')).toBeUndefined();
});
