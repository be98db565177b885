import { type Invariant, NOTATION } from '../../invariants/invariant.js';
import type { Cell } from '../../report/matrix.js';
import { wrapped } from '../../report/wrap.js';
import type { Spec } from '../../specs/spec.js';
import { code, item, link, page, paragraph, sentence, table } from './markdown.js';
import { nameOf, questionPath } from './question-page.js';
import { SEEDED_DEFECTS } from './seeded-defects.js';
import { smallestDrawn } from './smallest.js';
import { type Expected, expectedOf, stableVerdictsOf, verdictsOf } from './verdicts.js';

/** File of the page of an invariant. */
export const invariantPath = ({ id }: Invariant): string => `invariants/${id}.md`;

const WORDS: Readonly<Record<Cell, string>> = {
  holds: 'holds',
  fails: '**fails**',
  untested: 'no case of it',
  unknown: 'not finished',
};

/** Symbols that stand in a definition, so that a page explains those alone. */
function notationOf(definition: string): string[] {
  const isIn = (symbol: string): boolean => {
    const plain = symbol.replace(/\(.*/, '').replace('Δx', 'Δ');
    return new RegExp(`(?<![\\p{L}_])${plain}(?![\\p{Ll}_∞₋])`, 'u').test(definition);
  };
  return NOTATION.filter(([symbols]) => symbols.split(/, (?![^(]*\))/).some(isIn)).map(
    ([symbols, meaning]) => item(`*${symbols}*: ${meaning}`),
  );
}

function traits({ looksAtLimit, looksAtArguments, ofCountsAlone }: Invariant): string[] {
  const looks = [
    ...(looksAtLimit === true ? ['at max_map_count'] : []),
    ...(looksAtArguments === true ? ['at the arguments of refused calls'] : []),
    ...(ofCountsAlone === true
      ? [
          'at nothing but the system call, its result, `max_map_count`, and `map_count` before and after',
        ]
      : []),
  ];
  return looks.length === 0 ? [] : [paragraph(`It looks ${looks.join(', and ')}.`)];
}

/** What specs that name stable kernels expect of them. */
function stableText(expected: readonly Expected[]): string {
  const verdicts = stableVerdictsOf(expected);
  const said = (['fails', 'holds', 'untested', 'unknown'] as const).flatMap((wanted) => {
    const on = verdicts
      .filter(({ cell }) => cell === wanted)
      .map(({ release }) => link(release, `../releases/${release}.md`));
    return on.length === 0 ? [] : [`${WORDS[wanted]} on ${on.join(', ')}`];
  });
  return said.length === 0
    ? ''
    : paragraph(`Stable kernels, where a check names them: ${said.join('; ')}.`);
}

/** Specs by where they expect what. */
function askedBy(expected: readonly Expected[]): string[] {
  const specs = [...new Set(expected.map(({ spec }) => spec))];
  return specs.map((spec) => {
    const here = expected.filter((one) => one.spec === spec);
    const words = [...new Set(here.map(({ verdict }) => verdict))].join(', ');
    return item(`${link(spec.title, `../${questionPath(spec)}`)}: ${words}`);
  });
}

/** What the first check draws that finds one small enough. */
function drawing(
  broken: readonly Expected[],
  release: string,
  invariant: Invariant,
): { readonly by: Expected; readonly text: string } | undefined {
  for (const by of broken) {
    const { check } = by;
    const text =
      check.check === 'enumerate' ? smallestDrawn(release, check.bounds, invariant) : undefined;
    if (text !== undefined) return { by, text };
  }
  return undefined;
}

/** How it breaks on the newest release that does, and where to see more. */
function counterexample(expected: readonly Expected[], invariant: Invariant): string[] {
  const newest = verdictsOf(expected)
    .filter(({ cell }) => cell === 'fails')
    .at(-1)?.release;
  const broken = expected.filter(
    ({ verdict, releases }) =>
      verdict === 'violated' && newest !== undefined && releases.includes(newest),
  );
  const [first] = broken;
  if (newest === undefined || first === undefined) return [];
  const { id } = invariant;
  const drawn = drawing(broken, newest, invariant);
  const shown = drawn?.by ?? first;
  return [
    '## A counterexample',
    paragraph(
      drawn === undefined
        ? `On ${newest}, the newest release that breaks it; it takes more pages, or other searches, than there is time for here.`
        : `On ${newest}, the newest release that breaks it. ${link('How to read it', '../../reading-a-counterexample.md')}.`,
    ),
    ...(drawn === undefined ? [] : [`\`\`\`text\n${drawn.text}\n\`\`\``]),
    paragraph(
      `${code(`mremap-check verify specs/${nameOf(shown.spec)}.json`)} draws those of the check “${shown.check.title}”, ` +
        `${code(`mremap-check sensitivity --invariant ${id}`)} one for each release. In the page that ` +
        `${code('mremap-check report')} makes it is behind ${code(`#cell=${id}/${newest}`)}. The reason:`,
    ),
    `> ${paragraph(sentence(shown.because)).replaceAll('\n', '\n> ')}`,
  ];
}

/** The page of one invariant. */
export function invariantPage(invariant: Invariant, specs: readonly Spec[]): string {
  const { id, statement, definition, source } = invariant;
  const expected = expectedOf(specs, id);
  return page(
    `# ${id}`,
    `${link('All invariants', '../README.md#invariants')}.`,
    paragraph(statement),
    '## Definition',
    wrapped(definition, '    ', 80),
    notationOf(definition).join('\n'),
    traits(invariant),
    '## Where it comes from',
    paragraph(source),
    '## Verdicts',
    table(
      ['release', 'verdict'],
      verdictsOf(expected).map(({ release, cell }) => [
        link(release, `../releases/${release}.md`),
        WORDS[cell],
      ]),
    ),
    stableText(expected),
    paragraph(
      'Broken by one check is broken. What each check searched is on the page of its question:',
    ),
    askedBy(expected).join('\n'),
    counterexample(expected, invariant),
    '## Defects that it must catch',
    paragraph('Each was seeded into the release, and a test fails where this invariant misses it.'),
    (SEEDED_DEFECTS[id] ?? []).map((what) => item(what)).join('\n'),
  );
}
