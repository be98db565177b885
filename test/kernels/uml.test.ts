import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernel, Ran } from '../../src/conformance/kernel.js';
import type { Scenario } from '../../src/conformance/scenario.js';
import { programFile } from '../../src/kernels/programs.js';
import { openUml, UML } from '../../src/kernels/uml.js';
import { differences, expectedRelease, recorded } from './agreement.js';

const missing = programFile(UML) === undefined ? ': not installed' : '';

describe.skipIf(missing !== '')(`user-mode Linux${missing}`, () => {
  let kernel: Kernel;
  let ran: readonly Ran[];

  beforeAll(async () => {
    kernel = await openUml();
    ran = await kernel.run(recorded);
  });
  afterAll(() => kernel.close());

  test('does with every recorded scenario what its release does, in all fields', () => {
    expect(kernel.hides).toEqual([]);
    expect(differences(kernel, ran, expectedRelease(kernel))).toEqual([]);
  });

  test('does under fillers what it does under the limit itself', async () => {
    const filled = await openUml(UML, 'fillers');
    try {
      expect(await filled.run(recorded)).toEqual(ran);
    } finally {
      await filled.close();
    }
  });

  // What the probe itself writes first must not be charged between two calls.
  test('is charged for what calls map alone, from its first scenario on', async () => {
    const mmap = { call: 'mmap', prot: 'rw' } as const;
    const first: Scenario = {
      id: 'first',
      pages: 8,
      headroom: 20,
      setup: [],
      calls: [
        { ...mmap, addr: 0, len: 2, kind: 'fpriv', offset: 0 },
        { ...mmap, addr: 4, len: 1, kind: 'anon', offset: 0 },
      ],
    };
    const fresh = await openUml();
    try {
      const [one] = await fresh.run([first]);
      expect(one).toMatchObject({ steps: [{ committedDelta: 2 }, { committedDelta: 3 }] });
    } finally {
      await fresh.close();
    }
  });
});
