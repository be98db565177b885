/** A small spec that verifies in a moment, and ways to change it. */
const smallSpec = {
  spec: 1,
  title: 'A small spec',
  question: 'Does 5.1 keep what it promises?',
  answer: 'Yes.',
  sources: [{ ref: 'ea2c3f6f5545', says: 'bail out earlier' }],
  checks: [
    {
      check: 'enumerate',
      title: 'Three pages',
      bounds: { pages: 3, classes: ['anon rw'], limits: [0, 8] },
      expect: [
        {
          invariant: 'precheck-enomem-untouched',
          releases: ['v5.1'],
          verdict: 'holds',
          because: 'The check precedes the first unmapping.',
        },
        {
          invariant: 'limit-enomem-untouched',
          releases: ['v2.6.33'],
          verdict: 'violated',
          because: 'move_vma() refuses when the destination is gone.',
        },
      ],
    },
  ],
};

type Changed = { -readonly [K in keyof typeof smallSpec]: (typeof smallSpec)[K] };

/** The small spec after a change, as text. */
// biome-ignore lint/suspicious/noExplicitAny: specs are broken here in ways that no type allows
export function specText(change: (spec: any) => void = () => {}): string {
  const copy = JSON.parse(JSON.stringify(smallSpec)) as Changed;
  change(copy);
  return JSON.stringify(copy);
}
