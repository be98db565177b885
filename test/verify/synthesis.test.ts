import { expect, test } from 'vitest';
import type { NeedsSearch } from '../../src/checker/needs.js';
import { execute } from '../../src/verify/execute.js';
import type { Runner } from '../../src/verify/pool.js';
import { synthesis } from '../../src/verify/synthesis.js';

/** What a search says of a case: what calls of it need, and with what need none is refused in vain. */
const searched = (least: number, most: number): NeedsSearch => ({
  spaces: 1,
  transitions: 1,
  cases: [{ name: 'FIXED move', least, most, witnesses: [], calls: 1 }],
  beyond: [],
});

/** Does other searches, and answers for that of needs. */
const answering =
  (found: NeedsSearch): Runner =>
  async (source) => {
    for (let handed = source.next(); handed !== undefined; handed = source.next()) {
      const { number, task } = handed;
      source.take(number, task.job.kind === 'needs' ? { kind: 'needs', found } : execute(task));
    }
  };

// Whoever has one slot must pass and whoever has none must not: to ask for one does both.
test.each([
  [0, 1, false],
  [1, 1, false],
  [2, 1, true],
])(
  'where calls need %i and no more than %i may be asked for, it is torn: %s',
  async (least, most, isTorn) => {
    const question = {
      release: 'v6.12',
      check: 'move-count-check',
      promises: ['limit-held'],
      named: true,
      pages: 2,
    };
    const { signal } = new AbortController();
    const runner = answering(searched(least, most));
    const { stages } = await synthesis(question, { workers: 0, signal, runner });
    expect(stages.length).toBeGreaterThan(0);
    for (const { torn } of stages) expect(torn.length > 0).toBe(isTorn);
  },
);
