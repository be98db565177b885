import { knownReleases, releases } from '../../model/releases/index.js';
import { enumerateBoundsText, raceBoundsText, reachBoundsText } from '../../report/bounds.js';
import { plural, rangeText } from '../../report/words.js';
import type { Check, Spec, VerdictWord } from '../../specs/spec.js';
import { capital, code, item, link, page, paragraph, sentence } from './markdown.js';

/** `races` of `/some/where/specs/races.json`. */
export const nameOf = ({ file }: Spec): string =>
  file.replace(/^.*[/\\]/, '').replace(/\.json$/, '');

/** File of the page of a spec. */
export const questionPath = (spec: Spec): string => `questions/${nameOf(spec)}.md`;

const placeOf = (id: string): number => releases.findIndex((release) => release.id === id);

/** Variants and patches have no page. */
const releaseLink = (id: string): string =>
  knownReleases.some((release) => release.id === id) ? link(id, `../releases/${id}.md`) : code(id);

const WAYS: Readonly<Record<Check['check'], string>> = {
  enumerate: 'every call in every address space',
  reach: 'everything that calls reach from an empty window',
  race: 'every interleaving of the threads',
  compare: 'the same calls on both releases',
};

const VERDICTS: Readonly<Record<VerdictWord, string>> = {
  holds: '**holds**',
  violated: '**is violated**',
  untested: '**has no case**',
};

/** `v6.17 to v7.3` for those that follow one another; stable ones and variants have no place and stay as they are. */
function releaseRanges(ids: readonly string[]): string {
  const runs: string[][] = [];
  for (const id of ids) {
    const last = runs.at(-1);
    const before = last?.at(-1);
    const follows =
      before !== undefined && placeOf(before) >= 0 && placeOf(id) === placeOf(before) + 1;
    if (last !== undefined && follows) last.push(id);
    else runs.push([id]);
  }
  return runs
    .map((run) => {
      const [first = '', last = ''] = [run[0], run.at(-1)];
      return run.length > 2
        ? `${releaseLink(first)} to ${releaseLink(last)}`
        : run.map(releaseLink).join(', ');
    })
    .join(', ');
}

function boundsOf(check: Check): string {
  if (check.check === 'race') return raceBoundsText(check.bounds);
  if (check.check !== 'reach') return enumerateBoundsText(check.bounds);
  return check.runs
    .map(
      ({ bounds }) =>
        `${plural(bounds.pages, 'page')} under a limit of ${bounds.limit}: ${reachBoundsText(bounds)}`,
    )
    .join('; ');
}

function expectations(check: Check): string[] {
  if (check.check === 'compare') {
    return check.expect.map(({ shape, from, to, headroom, because }) =>
      item(
        `${shape}: ${from} → ${to}, at a headroom of ${rangeText(headroom)}. ${sentence(because)}`,
      ),
    );
  }
  const numbers =
    check.check === 'reach'
      ? check.runs.flatMap(({ numbers: known, bounds }) => {
          const said = Object.entries(known).map(([what, n]) => `${what} ${n}`);
          return said.length === 0
            ? []
            : [item(`numbers of the search of ${bounds.pages} pages: ${said.join(', ')}`)];
        })
      : [];
  return [
    ...check.expect.map(({ invariant, releases: on, verdict, because }) =>
      item(
        `${link(invariant, `../invariants/${invariant}.md`)} ${VERDICTS[verdict]} on ` +
          `${releaseRanges(on)}. ${sentence(because)}`,
      ),
    ),
    ...numbers,
  ];
}

function checkBlocks(check: Check): string[] {
  const on =
    check.check === 'reach'
      ? ` Release ${releaseLink(check.release)}.`
      : check.check === 'compare'
        ? ` Releases ${check.releases.map(releaseLink).join(' and ')}.`
        : '';
  return [
    `### ${check.title}`,
    paragraph(
      `${capital(WAYS[check.check])} (${code(check.check)}). Bounds: ${boundsOf(check)}.${on}`,
    ),
    ...(check.expect.length === 0 && check.check === 'compare'
      ? ['No difference is expected.']
      : [expectations(check).join('\n')]),
  ];
}

/** The page of one spec: its question, its answer, and what the answer rests on. */
export const questionPage = (spec: Spec): string =>
  page(
    `# ${spec.title}`,
    `${link('All questions', '../README.md#questions')}.`,
    '## Question',
    paragraph(spec.question),
    '## Answer',
    paragraph(spec.answer),
    paragraph(
      `${code(`mremap-check verify specs/${nameOf(spec)}.json`)} runs the checks below, compares what ` +
        `is found with what is expected here, and draws the counterexamples. ` +
        `${link('How to read one', '../../reading-a-counterexample.md')}.`,
    ),
    '## Evidence',
    spec.checks.flatMap(checkBlocks),
    '## Sources',
    spec.sources.map(({ ref, says }) => item(`${ref}: ${says}`)).join('\n'),
    `As a file: ${link(`specs/${nameOf(spec)}.json`, `../../../specs/${nameOf(spec)}.json`)}.`,
  );
