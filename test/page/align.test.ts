import { describe, expect, test } from 'vitest';
import type { Run } from '../../src/html/run.js';
import { inStep } from '../../src/page/align.js';

/** A run of which only the names of its steps matter. */
const run = (names: string): Run =>
  ({ frames: names.split(' ').map((name) => ({ name })) }) as unknown as Run;

/** `a/a` is done by both, `b/` by the first alone, `/c` by the second alone. */
function told(first: string, second: string): string {
  const [a, b] = [run(first), run(second)];
  const nameAt = (of: Run, index: number, moves: boolean): string =>
    moves ? (of.frames[index]?.name ?? '?') : '';
  return inStep(a, b)
    .map(
      ({ left, right, leftSteps, rightSteps }) =>
        `${nameAt(a, left, leftSteps)}/${nameAt(b, right, rightSteps)}`,
    )
    .join(' ');
}

describe('two runs in step', () => {
  test.each([
    ['alike', 'a b c', 'a b c', 'a/a b/b c/c'],
    ['a step that one has more', 'a x b', 'a b', 'a/a x/ b/b'],
    ['a step that the other has more', 'a b', 'a x b', 'a/a /x b/b'],
    ['one that is refused early', 'a x y z', 'a r', 'a/a /r x/ y/ z/'],
    ['the order of two steps changed', 'a b c', 'a c b', 'a/a b/ c/c /b'],
    ['rounds of a loop', 'a p q p q', 'a p q', 'a/a p/p q/q p/ q/'],
  ])('%s', (_, first, second, expected) => {
    expect(told(first, second)).toBe(expected);
  });

  test('every step of either is there once, in its order', () => {
    const [a, b] = ['s a b c b d e', 's b c x b e d y'];
    const pairs = inStep(run(a), run(b));
    const lefts = pairs.filter(({ leftSteps }) => leftSteps).map(({ left }) => left);
    const rights = pairs.filter(({ rightSteps }) => rightSteps).map(({ right }) => right);
    expect(lefts).toEqual([...a.split(' ').keys()]);
    expect(rights).toEqual([...b.split(' ').keys()]);
  });
});
