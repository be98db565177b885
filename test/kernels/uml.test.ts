import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Kernel, Ran } from '../../src/conformance/kernel.js';
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
});
