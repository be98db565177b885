import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { ruledNeed, rulesOf } from '../../src/checker/rules.js';

const FACTS = ['a', 'b', 'c', 'd'];
/** Cases with different facts, each with a need. */
const table = fc.uniqueArray(
  fc.record({
    facts: fc.subarray(FACTS),
    need: fc.option(fc.nat(4)),
  }),
  { selector: ({ facts }) => facts.join(), maxLength: 16 },
);

describe('rulesOf', () => {
  property.prop([table])('says of each case what the table does', (cases) => {
    const rules = rulesOf(cases);
    for (const { facts, need } of cases) expect(ruledNeed(rules, facts)).toBe(need);
  });

  property.prop([table])('has no more rules than cases that need something', (cases) => {
    expect(rulesOf(cases).length).toBeLessThanOrEqual(
      cases.filter(({ need }) => need !== null).length,
    );
  });

  test('leaves out what makes no difference', () => {
    const rules = rulesOf([
      { facts: ['hole'], need: 2 },
      { facts: ['hole', 'locked'], need: 2 },
      { facts: ['locked'], need: null },
      { facts: [], need: null },
    ]);
    expect(rules).toEqual([{ need: 2, holding: ['hole'], missing: [] }]);
  });

  test('says that something is missing where that is what matters', () => {
    const rules = rulesOf([
      { facts: ['room'], need: null },
      { facts: [], need: 1 },
    ]);
    expect(rules).toEqual([{ need: 1, holding: [], missing: ['room'] }]);
  });
});
