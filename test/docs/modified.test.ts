import { describe, expect, test } from 'vitest';
import { type Ending, endingsOf } from '../../src/docs/spec/modified.js';
import { release } from '../support/releases.js';

/** How a step that refuses of itself leaves a call, all steps of that name together. */
function endings(id: string, name: string): Ending[] {
  const of = release(id);
  const found = endingsOf(of);
  return of.calls.mremap
    .filter((step) => step.name === name)
    .flatMap((step) => found.get(step) ?? [])
    .filter(({ failed }) => failed === undefined);
}

// From the kernel's text, not from what the search says.
describe('what is changed when a step ends a call', () => {
  test('up to 5.0 the move check comes when the destination and the tail are gone (ea2c3f6f5545)', () => {
    const [only] = endings('v2.6.33', 'move-count-check');
    expect(only?.errno).toBe('ENOMEM');
    expect(only?.changed).toEqual(
      expect.arrayContaining(['destination unmapped', 'tail unmapped']),
    );
  });

  test('the early check of 5.1 precedes every change', () => {
    expect(endings('v5.1', 'early-count-check')).toEqual([
      { errno: 'ENOMEM', failed: undefined, untouched: true, changed: [] },
    ]);
  });

  test.each([
    ['v6.16', true],
    ['v6.17-rc1', false],
  ])(
    'on %s the end of the VMA is looked at when the destination is gone: %s (d23cb648e365)',
    (id, gone) => {
      const [only] = endings(id, 'within-vma');
      expect(only?.errno).toBe('EFAULT');
      expect(only?.changed.includes('destination unmapped')).toBe(gone);
    },
  );

  test('from 6.17 on a refusal may come between two VMAs', () => {
    const [only] = endings('v7.2', 'move-count-check');
    expect(only?.changed).toContain('VMAs before it moved');
  });

  test('a sealed VMA behind the first leaves the split at the start (6.12)', () => {
    expect(
      endings('v6.12', 'unmap-destination-seal-further').flatMap(({ changed }) => changed),
    ).toContain('destination split');
  });

  test('from 5.16 to 7.2 a growing move that is undone keeps its charge (fdbef6149135)', () => {
    const undone = (id: string): boolean => {
      const of = release(id);
      const end = of.calls.mremap.find(({ name }) => name === 'end-of-undoing');
      const found = end === undefined ? [] : (endingsOf(of).get(end) ?? []);
      expect(found.length).toBeGreaterThan(0);
      return found.some(({ changed }) => changed.includes('commit charge wrong'));
    };
    expect(['v5.13', 'v5.16', 'v7.2', 'v7.3'].map(undone)).toEqual([false, true, true, false]);
  });
});
