import { expect, test } from 'vitest';
import { machine } from '../../src/model/plan.js';
import { run } from '../../src/model/run.js';
import { env } from '../../src/model/state.js';
import { Kind, makeVma, Prot, VM_ACCOUNT } from '../../src/model/vma.js';
import { recount } from '../support/accounts.js';
import { frames } from '../support/play.js';
import { release } from '../support/releases.js';

// 2.6.12 takes an old length of zero on private memory. The munmap of nothing fails, the VMA loses
// VM_ACCOUNT, and move_vma() gives back what the VMA has beyond the source: all of it.
test('a source that is kept gives its charge back with VM_ACCOUNT', () => {
  const vma = makeVma({ start: 0, pages: 3, kind: Kind.anon, prot: Prot.rw, flags: VM_ACCOUNT });
  const call = { call: 'mremap', addr: 0, oldLen: 0, newLen: 1, flags: 3, newAddr: 5 } as const;
  const outcome = run(machine(release('v2.6.12')), env(9, 16), [vma], frames, call);
  expect(outcome.result).toBe(5);
  expect(recount(outcome.vmas).committed).toBe(1);
  expect(3 + outcome.accounts.committed).toBe(1);
});
