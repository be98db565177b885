import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/kernels/qemu.js';
import { differences, expectedRelease, recorded } from './agreement.js';

// Not in CI: boots the images that KERNEL_IMAGES names, separated by colons. See docs/kernels.md.
const images = (process.env['KERNEL_IMAGES'] ?? '').split(':').filter((path) => path !== '');

describe.skipIf(images.length === 0)('an image of KERNEL_IMAGES', () => {
  test.each(images)(
    '%s does with every recorded scenario what its release does',
    async (image) => {
      const kernel = await openImage(image);
      try {
        const ran = await kernel.run(recorded);
        expect(differences(kernel, ran, expectedRelease(kernel))).toEqual([]);
      } finally {
        await kernel.close();
      }
    },
    300_000,
  );
});
