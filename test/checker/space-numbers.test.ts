import { test } from '@fast-check/vitest';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { callsOf } from '../../src/checker/calls.js';
import { mirroredCall, mirrorOf } from '../../src/checker/reach/mirror.js';
import { callImages, imageOf, SpaceNumbers } from '../../src/checker/reach/space-numbers.js';
import { addressSpaces } from '../support/arbitraries.js';
import { release } from '../support/releases.js';
import { coreBounds } from './core-model.js';

const bounds = coreBounds({ pages: 4, limit: 4, mmapCap: 4 });
const mirror = mirrorOf(release('v6.12'), bounds, []);
if (mirror === undefined) throw new Error('the core model has mirror images');

describe('numbers of address spaces', () => {
  test.prop([fc.array(addressSpaces(16), { maxLength: 100 })])(
    'tell each from all others, and its mirror image by its number',
    (all) => {
      const numbers = new SpaceNumbers(mirror);
      const names = new Map<number, string>([[numbers.add([]), '']]);
      for (const vmas of [...all, ...all.map(mirror)]) {
        const number = numbers.add(vmas);
        expect(names.get(number) ?? vmas.join()).toBe(vmas.join());
        names.set(number, vmas.join());
        expect(numbers.add(mirror(vmas))).toBe(imageOf(number));
        expect([number, imageOf(number)]).toContain(numbers.firstOf(number));
        expect(numbers.firstOf(imageOf(number))).toBe(numbers.firstOf(number));
      }
      for (const [number, name] of names) expect(numbers.get(number).join()).toBe(name);
      expect(new Set(names.values()).size).toBe(names.size);
      // The empty window is its own image; of all others one of two is stored.
      expect(2 * numbers.size - 1).toBe(names.size);
    },
  );

  test.prop([fc.array(addressSpaces(16), { maxLength: 100 })])(
    'are in the order in which they came, where there are no mirror images',
    (all) => {
      const numbers = new SpaceNumbers(undefined);
      const names = [''];
      for (const vmas of all) {
        if (!names.includes(vmas.join())) names.push(vmas.join());
        const number = numbers.add(vmas);
        expect(number).toBe(names.indexOf(vmas.join()));
        expect(numbers.firstOf(number)).toBe(number);
        expect(numbers.get(number)).toEqual(vmas);
      }
    },
  );
});

test('the image of a call is the mirrored call, and its own image that call', () => {
  const calls = callsOf(bounds);
  const images = [...callImages(calls)];
  expect(images.map((image) => calls[image])).toEqual(calls.map(mirroredCall));
  expect(images.map((image) => images[image])).toEqual([...calls.keys()]);
  expect(images.filter((image, number) => image !== number)).toHaveLength(20);
});
