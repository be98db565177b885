import { expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { notTriedText } from '../../src/report/bounds.js';
import { synthesisBounds } from '../../src/verify/synthesis.js';

const ofFlags = (...flags: EnumerateBounds['mremap']['flags']): EnumerateBounds => {
  const all = synthesisBounds(5);
  return { ...all, mremap: { ...all.mremap, flags } };
};

// Source and destination are apart, and a VMA has a page.
test.each<[EnumerateBounds, string | undefined]>([
  [synthesisBounds(3), 'no move of more than 1 at once'],
  [synthesisBounds(9), 'no move of more than 4 at once'],
  [{ ...synthesisBounds(9), vmas: 2 }, 'no move of more than 2 at once'],
  [ofFlags(['MAYMOVE', 'FIXED']), 'no move of more than 2 at once'],
  // One VMA is all that such calls take.
  [ofFlags(['MAYMOVE'], ['MAYMOVE', 'DONTUNMAP']), undefined],
])('how many VMAs may move at once is said of %j', (bounds, text) => {
  const said = /no move of more than \d+ at once/.exec(notTriedText(bounds));
  expect(said?.[0]).toBe(text);
});
