import { invariants } from '../../invariants/index.js';
import { NOTATION } from '../../invariants/invariant.js';
import { coverage, type Release } from '../../model/release.js';
import {
  knownReleases,
  predecessorOf,
  releases,
  stableReleases,
} from '../../model/releases/index.js';
import type { Spec } from '../../specs/spec.js';
import { differenceDiagram } from './difference-diagram.js';
import { glossaryPage } from './glossary.js';
import { invariantPage, invariantPath } from './invariant-page.js';
import { item, link, page, paragraph, table } from './markdown.js';
import { endingsOf } from './modified.js';
import { diagramPath, differencePath, releasePath } from './paths.js';
import { questionPage, questionPath } from './question-page.js';
import { releaseDiagram } from './release-diagram.js';
import { releasePage } from './release-page.js';

/** Stands in each page, so that a page that is no longer made can be told from one that somebody wrote. */
export const MADE_BY = 'made by mremap-check docs';

const releaseRow = (release: Release): string[] => {
  const before = predecessorOf(release);
  return [
    link(release.id, releasePath(release)),
    coverage(release),
    `${link('steps', diagramPath(release))}${before === undefined ? '' : `, ${link('what changed', differencePath(before, release))}`}`,
  ];
};

const indexPage = (specs: readonly Spec[]): string =>
  page(
    '# The specification of mremap() near the limit',
    paragraph(
      'What the model says of each release, what is promised of it, and which questions were asked. All ' +
        'of this is made from the model, the invariants and the specs by `mremap-check docs`, and a test ' +
        'fails where it is out of date. Do not edit it.',
    ),
    [
      item(`${link('How to read a counterexample', '../reading-a-counterexample.md')}`),
      item(`${link('How to model your patch', '../model-your-patch.md')}`),
      item(`${link('Glossary', 'glossary.md')}`),
      item(
        `${link('The matrix', '../matrix.md')} of promises and releases, ${link('what it takes to break each', '../sensitivity.md')}, ${link('what has been claimed', '../properties.md')}`,
      ),
      item(
        `${link('What each release changes for callers', '../diffs.md')}, ${link('what headroom each call needs', '../headroom.md')}`,
      ),
      item(
        `${link('Commands', '../commands.md')}, ${link('the code in a page', '../architecture.md')}`,
      ),
    ].join('\n'),
    '## Releases',
    paragraph(
      'The steps of each in order: the kernel function, for which calls, with which errnos it ends them, ' +
        'and what has been changed by then.',
    ),
    table(['release', 'stands for', 'diagrams'], releases.map(releaseRow)),
    paragraph(
      'Stable kernels behave as the release that stands for their series, but for these, which are before ' +
        'a fix that a caller can see, or behind one:',
    ),
    table(['release', 'stands for', 'diagrams'], stableReleases.map(releaseRow)),
    '## Questions',
    specs.map((spec) => item(link(spec.title, questionPath(spec)))).join('\n'),
    '## Invariants',
    invariants
      .map((one) => item(`${link(one.id, invariantPath(one))}: ${one.statement}`))
      .join('\n'),
    '## Symbols',
    paragraph('Of the definitions of invariants; a stroke is for after the call.'),
    NOTATION.map(([symbols, meaning]) => item(`*${symbols}*: ${meaning}`)).join('\n'),
  );

const marked = (path: string, text: string): string =>
  path.endsWith('.svg') ? `${text}<!-- ${MADE_BY} -->\n` : `<!-- ${MADE_BY} -->\n\n${text}`;

/** Every document by its path below the folder of documents. */
export function specPages(specs: readonly Spec[]): ReadonlyMap<string, string> {
  const pages = new Map<string, string>([
    ['README.md', indexPage(specs)],
    ['glossary.md', glossaryPage()],
  ]);
  for (const release of knownReleases) {
    const endings = endingsOf(release);
    const before = predecessorOf(release);
    const after = releases.find((one) => predecessorOf(one) === release);
    pages.set(releasePath(release), releasePage({ release, endings, before, after, specs }));
    pages.set(diagramPath(release), releaseDiagram(release, endings));
    if (before !== undefined) {
      pages.set(differencePath(before, release), differenceDiagram(before, release));
    }
  }
  for (const invariant of invariants) {
    pages.set(invariantPath(invariant), invariantPage(invariant, specs));
  }
  for (const spec of specs) pages.set(questionPath(spec), questionPage(spec));
  return new Map([...pages].map(([path, text]) => [path, marked(path, text)]));
}
