import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import type { EnumerateBounds } from '../../src/checker/bounds.js';
import { fromEnumeration } from '../../src/checker/counterexample.js';
import { enumeratePart } from '../../src/checker/enumerate.js';
import { commitExact } from '../../src/invariants/accounts.js';
import { ineligibleFirstUntouched } from '../../src/invariants/eligibility.js';
import { errorUntouched } from '../../src/invariants/error-untouched.js';
import type { Invariant } from '../../src/invariants/invariant.js';
import { limitEnomemUntouched } from '../../src/invariants/limit-enomem-untouched.js';
import { machine } from '../../src/model/plan.js';
import { counterexampleTexts } from '../../src/report/faces/terminal.js';
import { style } from '../../src/report/style.js';
import { traceOf } from '../../src/report/trace-of.js';
import { expectedMatrix } from '../support/expectations.js';
import { release } from '../support/releases.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const document = (name: string): string => readFileSync(pathOf(name), 'utf8');

/** The smallest counterexample as the tool draws it, of the first of the invariants that is broken. */
function drawn(id: string, bounds: EnumerateBounds, ...asked: readonly Invariant[]): string {
  const on = machine(release(id));
  const { findings } = enumeratePart(on, bounds, asked);
  const counterexamples = findings.flatMap((finding, i) => {
    const found = fromEnumeration(on, bounds, asked[i] as Invariant, finding);
    return found === undefined ? [] : [traceOf(found)];
  });
  const [text] = counterexampleTexts(counterexamples, style(false));
  if (text === undefined) throw new Error('no counterexample');
  // The heading names every release of the spec that behaves so.
  return text.slice(text.indexOf('\n'));
}

const UNTOUCHED = [limitEnomemUntouched, errorUntouched];

const READ_ONLY = { kind: 'anon', prot: 'r', populated: false } as const;
const WRITABLE = { kind: 'anon', prot: 'rw', populated: false } as const;

// Bounds within those of the spec that each document names, with the same smallest counterexample.

test('the counterexample in README.md is the one that the tool draws', () => {
  const text = drawn(
    'v2.6.33',
    {
      pages: 5,
      classes: [READ_ONLY],
      vmas: 5,
      identities: 1,
      displacements: [0],
      limits: [0, 3],
      mremap: { flags: [['MAYMOVE', 'FIXED']], lengths: 'any', destinations: 'any' },
    },
    ...UNTOUCHED,
  );
  expect(document('README.md')).toContain(text);
});

test('the counterexample in docs/reading-a-counterexample.md is the one that the tool draws', () => {
  const text = drawn(
    'v7.2',
    {
      pages: 9,
      classes: [READ_ONLY, WRITABLE],
      vmas: 2,
      identities: 1,
      displacements: [0],
      limits: [5, 8],
      mremap: {
        flags: [
          ['MAYMOVE', 'FIXED'],
          ['MAYMOVE', 'FIXED', 'DONTUNMAP'],
        ],
        lengths: 'equal',
        destinations: 'fits',
      },
    },
    ...UNTOUCHED,
  );
  expect(document('docs/reading-a-counterexample.md')).toContain(text);
});

test('the other parts of counterexamples there are too', () => {
  const moves = { flags: [['MAYMOVE', 'FIXED']], lengths: 'equal', destinations: 'fits' } as const;
  const few = { pages: 5, vmas: 1, identities: 1, displacements: [0] };
  const registered = drawn(
    'v6.17-rc1',
    { ...few, classes: [{ ...WRITABLE, armed: true }], limits: [9, 9], mremap: moves },
    ineligibleFirstUntouched,
  );
  const undone = drawn(
    'v5.16',
    {
      ...few,
      pages: 4,
      classes: [{ ...WRITABLE, populated: true }],
      limits: [12, 12],
      failures: 1,
      mremap: { ...moves, lengths: 'any' },
    },
    commitExact,
  );
  const text = document('docs/reading-a-counterexample.md');
  const blocks = [...text.matchAll(/^```text\n(.*?)\n```$/gms)].map(([, block]) => block);
  expect(blocks).toHaveLength(3);
  expect(registered).toContain(blocks[1]);
  expect(undone).toContain(blocks[2]);
});

/** The block of a document that shows the matrix, the first of plain text; written anew if wished. */
function shownMatrix(name: string, wanted: string): string {
  const block = /^```text\n(.*?)\n```$/ms;
  if (process.env['UPDATE_DOCS'] === '1') {
    writeFileSync(
      pathOf(name),
      document(name).replace(block, () => `\`\`\`text\n${wanted}\n\`\`\``),
    );
  }
  return block.exec(document(name))?.[1] ?? '';
}

test('the matrix in docs/matrix.md is what the specs expect', () => {
  const wanted = expectedMatrix();
  expect(shownMatrix('docs/matrix.md', wanted)).toBe(wanted);
});

test('the matrix in README.md is a part of it', () => {
  const wanted = expectedMatrix(
    ['v2.6.33', 'v5.1', 'v6.12', 'v6.15', 'v6.17', 'v7.1', 'v7.3'],
    [
      'limit-held',
      'precheck-enomem-untouched',
      'limit-enomem-untouched',
      'error-untouched',
      'no-needless-enomem',
      'shrink-always-possible',
      'pages-preserved',
      'multi-move-ineligible-first-untouched',
      'race-enomem-untouched',
    ],
  );
  expect(shownMatrix('README.md', wanted)).toBe(wanted);
});
