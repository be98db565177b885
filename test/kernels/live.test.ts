import { arch, platform, release as running, userInfo } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Kernel, type Ran, wasSetUp } from '../../src/conformance/kernel.js';
import { releaseOf } from '../../src/conformance/release-of.js';
import { openLive } from '../../src/kernels/live.js';
import { programFile } from '../../src/kernels/programs.js';
import { release } from '../support/releases.js';
import { differences, expectedRelease, recorded } from './agreement.js';

const cannotRun =
  platform() !== 'linux' || arch() !== 'x64'
    ? 'this is not Linux on x86-64'
    : programFile('cc') === undefined
      ? 'there is no C compiler'
      : undefined;

describe.skipIf(cannotRun !== undefined)(
  `the running kernel${cannotRun ? `: ${cannotRun}` : ''}`,
  () => {
    let kernel: Kernel;
    let ran: readonly Ran[];

    beforeAll(async () => {
      kernel = await openLive();
      ran = await kernel.run(recorded);
    });
    afterAll(() => kernel.close());

    test('is the one that this machine runs', () => {
      expect(kernel.version.split('-')[0]).toBe(running().split('-')[0]);
    });

    test.skipIf(releaseOf(running()) === undefined)(
      'does with every recorded scenario what its release does',
      () => {
        expect(differences(kernel, ran, expectedRelease(kernel))).toEqual([]);
      },
    );

    test('is no 2.6.12: the comparison sees a difference where there is one', () => {
      expect(differences(kernel, ran, release('v2.6.12')).length).toBeGreaterThan(100);
    });

    test('leaves nothing of a scenario to the next one', async () => {
      const backwards = await kernel.run([...recorded].reverse());
      const same = [...backwards].reverse().filter((outcome, i) => {
        const other = ran[i] as Ran;
        if (!wasSetUp(outcome) || !wasSetUp(other)) return wasSetUp(outcome) === wasSetUp(other);
        return JSON.stringify(outcome) === JSON.stringify(other);
      });
      expect(same).toHaveLength(recorded.length);
    });

    test('answers no scenarios with nothing', async () => {
      expect(await kernel.run([])).toEqual([]);
    });

    test.skipIf(userInfo().uid !== 0)(
      'does under fillers what it does under the limit itself (for root)',
      async () => {
        const limited = await openLive('sysctl');
        try {
          expect(await limited.run(recorded)).toEqual(ran);
        } finally {
          await limited.close();
        }
      },
    );
  },
);
