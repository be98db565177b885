import type { Case, CasesReport } from '../../../src/report/ci/case.js';

const awkward = 'a "quote", <b> & \u0007 100%\r\nline two: x,y \ud800';

const sampleCase = (change: Partial<Case>): Case => ({
  rule: 'limit-held',
  name: 'limit-held on v6.12',
  state: 'as expected',
  says: 'limit-held holds on v6.12, as the spec says',
  details: '',
  place: { line: 7, column: 3 },
  ...change,
});

/** One case of each state, with words that formats must escape. */
export const sample: CasesReport = {
  complete: false,
  version: '1.2.3',
  root: '/work',
  checks: [
    {
      path: '/work/specs/a b,c:d.json',
      file: 'a b,c:d.json',
      title: `A check of ${awkward}`,
      cases: [
        sampleCase({}),
        sampleCase({ state: 'unexpected', name: awkward, says: awkward, details: awkward }),
        sampleCase({ state: 'unfinished', rule: 'behaviour-difference', says: 'not finished' }),
      ],
    },
    { path: '/elsewhere/b.json', file: 'b.json', title: 'Another', cases: [sampleCase({})] },
  ],
};
