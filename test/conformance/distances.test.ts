import { describe, expect, test } from 'vitest';
import { replay } from '../../src/conformance/replay.js';
import { parseScenario } from '../../src/conformance/scenario.js';
import { machine } from '../../src/model/plan.js';
import { ModelLimitError } from '../../src/model/vma.js';
import { release } from '../support/releases.js';

// From 7.3 on the anonymous pages of a private file mapping have a page offset of their own: where the mapping
// was when it was first written. Away from there it does not merge with what is unwritten, and back there it
// does; the model knows that it is away, and not from where.

const WRITTEN = [
  { call: 'mmap', addr: 2, len: 2, kind: 'fpriv', prot: 'rw', offset: 2 },
  { call: 'touch', addr: 2, len: 2 },
];

const move = (addr: number, newAddr: number, oldLen = 2, newLen = oldLen) => ({
  call: 'mremap',
  addr,
  oldLen,
  newLen,
  flags: ['MAYMOVE', 'FIXED'],
  newAddr,
});

const played = (ref: string, ...calls: readonly unknown[]) => {
  const scenario = { id: 's', pages: 30, headroom: 20, setup: WRITTEN, calls };
  return replay(machine(release(ref)), parseScenario(JSON.stringify(scenario), 'test'));
};

describe('a written private file mapping', () => {
  test.each<[string, readonly unknown[]]>([
    ['in one move', [move(2, 10), move(10, 2)]],
    ['in two', [move(2, 10), move(10, 20), move(20, 2)]],
    ['in part', [move(2, 10), move(11, 3, 1)]],
    ['grown', [move(2, 10), move(10, 2, 2, 4)]],
    ['page by page', [move(2, 10, 1), move(3, 20, 1), move(20, 3, 1)]],
  ])('that comes back is beyond the model of 7.3: %s', (_, calls) => {
    expect(() => played('v7.3', ...calls)).toThrow(ModelLimitError);
    expect(() => played('v7.2', ...calls)).not.toThrow();
  });

  test.each<[string, readonly unknown[]]>([
    ['is away', [move(2, 10)]],
    ['moves on', [move(2, 10), move(10, 20)]],
    ['grows where it is away', [move(2, 10), move(10, 20, 2, 5), move(20, 10, 5)]],
    ['lies beside where it was', [move(2, 10), move(10, 3)]],
  ])('that %s is not', (_, calls) => {
    expect(() => played('v7.3', ...calls)).not.toThrow();
  });
});
