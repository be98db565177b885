import { fileWith } from '../cli/run-cli.js';
import { specText } from '../support/specs.js';

const RELEASES = ['v2.6.33', 'v5.1', 'v5.7', 'v6.12', 'v6.15', 'v6.17', 'v7.1', 'v7.3'];

/** Some seconds of work of every kind in many small units; what it says is expected need not be so. */
export const everyKind = (change: (text: string) => string = (text) => text): string =>
  fileWith(
    'every-kind.json',
    change(
      specText((spec) => {
        const bounds = { pages: 4, classes: ['anon r', 'anon rw populated'], limits: [0, 8] };
        const holds = { verdict: 'holds', because: 'Made up.' };
        spec.checks = [
          {
            check: 'enumerate',
            title: 'Four pages',
            bounds,
            expect: [
              { invariant: 'limit-enomem-untouched', releases: RELEASES, ...holds },
              { invariant: 'pages-preserved', releases: RELEASES, ...holds },
            ],
          },
          { check: 'compare', title: 'Two', releases: ['v2.6.33', 'v5.1'], bounds, expect: [] },
          {
            check: 'race',
            title: 'Two threads',
            bounds: {
              pages: 2,
              classes: ['anon rw'],
              limits: [0, 4],
              threads: [{ calls: ['mremap'], flags: [['MAYMOVE', 'FIXED']] }, { sysctl: 'lower' }],
            },
            expect: [{ invariant: 'race-enomem-untouched', releases: ['v6.12', 'v7.3'], ...holds }],
          },
          {
            check: 'reach',
            title: 'Three pages',
            release: 'v6.12',
            bounds: { classes: ['anon r', 'anon rw'], calls: ['mmap', 'munmap', 'mremap'] },
            runs: [{ pages: 3, limit: 3 }],
            expect: [{ invariant: 'limit-enomem-untouched', releases: ['v6.12'], ...holds }],
          },
        ];
      }),
    ),
  );

/** Reach searches alone, of some seconds and many slices; one meets its bound on states. */
export const reachesAlone = (): string =>
  fileWith(
    'reaches.json',
    specText((spec) => {
      const check = (title: string, bounds: object, run: object) => ({
        check: 'reach',
        title,
        release: 'v6.12',
        bounds: {
          classes: ['anon r', 'anon rw'],
          calls: ['mmap', 'munmap', 'mremap'],
          flags: [[], ['MAYMOVE', 'FIXED'], ['MAYMOVE', 'FIXED', 'DONTUNMAP']],
          destinations: 'fits',
          ...bounds,
        },
        runs: [{ pages: 7, ...run }],
        expect: [
          { invariant: 'limit-held', releases: ['v6.12'], verdict: 'holds', because: 'Made up.' },
        ],
      });
      spec.checks = [
        check('All', {}, { limit: 9, states: 2187, transitions: 4041576, edges: 171186 }),
        check('Some', { maxStates: 1000 }, { limit: 4 }),
      ];
    }),
  );
