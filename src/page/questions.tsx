import type { CheckData, SpecData } from '../html/data.js';
import { grouped, plural } from '../report/words.js';
import { FOUND_TEXT } from './cells.js';
import { data } from './data.js';
import { hasAll, wordsOf } from './filter.js';
import { FRESH, linkTo, type Route } from './route.js';

const asExpected = (check: CheckData): boolean =>
  check.kind === 'compare'
    ? check.complete && check.classes.every(({ state }) => state === 'expected')
    : check.searches.every(({ complete }) => complete) &&
      check.verdicts.every((v) => v.found === v.expected);

const releasesIn = ({ checks }: SpecData): readonly string[] =>
  checks.flatMap((check) =>
    check.kind === 'compare' ? check.releases : check.verdicts.map(({ release }) => release),
  );

/** Verdicts on a promise that are alike share a line. */
function Verdicts({
  check,
  route,
}: {
  readonly check: Exclude<CheckData, { kind: 'compare' }>;
  readonly route: Route;
}) {
  const lines = new Map<string, (typeof check.verdicts)[number][]>();
  for (const verdict of check.verdicts) {
    const key = `${verdict.invariant} ${verdict.found}`;
    lines.set(key, [...(lines.get(key) ?? []), verdict]);
  }
  return (
    <ul class="lines">
      {[...lines.entries()].map(([key, verdicts]) => (
        <li key={key}>
          <span class={`word ${verdicts[0]?.found}`}>
            {FOUND_TEXT[verdicts[0]?.found ?? 'unknown']}
          </span>{' '}
          <code>{verdicts[0]?.invariant}</code>{' '}
          {verdicts.map(({ invariant, release }) => (
            <a
              key={release}
              href={linkTo(route, {
                ...FRESH,
                view: 'matrix',
                q: '',
                show: 'all',
                cell: `${invariant}/${release}`,
              })}
            >
              {release}
            </a>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Spec({
  spec,
  route,
  open,
}: {
  readonly spec: SpecData;
  readonly route: Route;
  readonly open: boolean;
}) {
  // The answer is somebody's words; it is shown only while the checks bear it out.
  const borneOut = spec.checks.every(asExpected);
  return (
    <article>
      <h3>
        {spec.title} <small>{spec.file}</small>
      </h3>
      <p class="question">{spec.question}</p>
      <p>{borneOut ? spec.answer : 'Not all checks came out as the answer has it.'}</p>
      <details open={open}>
        <summary>
          {plural(spec.checks.length, 'check')}, {plural(spec.sources.length, 'source')}
        </summary>
        {spec.checks.map((check) => (
          <div key={check.title} class="asked">
            <h4>{check.title}</h4>
            <p class="bounds">{check.bounds}.</p>
            {check.kind === 'compare' ? (
              <p>
                {check.releases.join(' → ')}: {plural(check.classes.length, 'class', 'classes')} of
                differences in {grouped(check.transitions)} calls
              </p>
            ) : (
              <Verdicts check={check} route={route} />
            )}
          </div>
        ))}
        <ul class="sources">
          {spec.sources.map(({ ref, says }) => (
            <li key={ref}>
              {ref}: {says}
            </li>
          ))}
        </ul>
      </details>
    </article>
  );
}

/** The questions that were asked, with their answers. */
export function Questions({ route }: { readonly route: Route }) {
  const words = wordsOf(route.q);
  const shown = data.specs.filter((spec) =>
    hasAll(
      words,
      [
        spec.file,
        spec.title,
        spec.question,
        spec.answer,
        ...spec.checks.flatMap((check) => [
          check.title,
          ...(check.kind === 'compare'
            ? []
            : check.verdicts.flatMap((v) => [v.invariant, v.because])),
        ]),
      ],
      releasesIn(spec),
    ),
  );
  return (
    <section class="questions">
      <h2>Questions</h2>
      <p class="found" role="status">
        {shown.length} of {data.specs.length} specs
      </p>
      {shown.map((spec) => (
        <Spec key={spec.file} spec={spec} route={route} open={shown.length === 1} />
      ))}
    </section>
  );
}
