import { useEffect, useRef } from 'preact/hooks';
import { grouped, plural, rangeText } from '../report/words.js';
import { type Comparison, comparisons, data } from './data.js';
import { hasAll, wordsOf } from './filter.js';
import { played } from './play.js';
import { Player } from './player.js';
import { FRESH, type Go, linkTo, type Route } from './route.js';
import { CallSituation } from './situation.js';

type Class = Comparison['classes'][number];

const pairOf = ({ releases }: Comparison): string => releases.join('>');

/** Each comparison with its classes by what links call them; where a pair is compared again, numbers go on. */
const listed = comparisons.map((comparison, i) => {
  const pair = pairOf(comparison);
  const before = comparisons.slice(0, i).filter((one) => pairOf(one) === pair);
  const first = before.flatMap(({ classes }) => classes).length + 1;
  return {
    comparison,
    name: `${pair}/${first}`,
    classes: comparison.classes.map((one, index) => ({ one, id: `${pair}/${first + index}` })),
  };
});

const ids = new Set(listed.flatMap(({ classes }) => classes.map(({ id }) => id)));

const SURPRISES: Partial<Record<Class['state'], string>> = {
  unexpected: '! not expected. ',
  missing: '! not found. ',
};

function OpenClass({
  comparison,
  one,
  route,
  go,
}: {
  readonly comparison: Comparison;
  readonly one: Class;
  readonly route: Route;
  readonly go: Go;
}) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => holder.current?.scrollIntoView({ block: 'nearest' }), []);
  const at = one.smallest;
  const smallest = at === null ? undefined : data.cases[at];
  if (at === null || smallest === undefined) return <p>No call of this class was found.</p>;
  const [from, to] = comparison.releases;
  const results = comparison.releases.map((id) => played(smallest, at, id).frames.at(-1)?.result);
  return (
    <div class="open" ref={holder}>
      <CallSituation one={smallest} result={`${results[0]} on ${from}, ${results[1]} on ${to}`} />
      <Player
        run={played(smallest, at, from)}
        play={(release) => played(smallest, at, release)}
        route={route}
        go={go}
        fixedBeside={to}
      />
    </div>
  );
}

function Row({
  comparison,
  one,
  id,
  route,
  go,
}: {
  readonly comparison: Comparison;
  readonly one: Class;
  readonly id: string;
  readonly route: Route;
  readonly go: Go;
}) {
  const open = route.diff === id;
  return (
    <>
      <tr class={open ? 'selected' : ''}>
        <td class="shape">
          <a
            href={linkTo(route, { ...FRESH, diff: open ? '' : id, view: 'differences' })}
            aria-expanded={open}
          >
            {one.shape}
          </a>
        </td>
        <td class="outcome">{one.from}</td>
        <td class="outcome">{one.to}</td>
        <td class="number">{one.headroom === null ? '–' : rangeText(one.headroom)}</td>
        <td class="number">{grouped(one.count)}</td>
        <td class="because">
          {SURPRISES[one.state] !== undefined && <b class="surprise">{SURPRISES[one.state]}</b>}
          {one.because}
        </td>
      </tr>
      {open && (
        <tr>
          <td colSpan={6} class="below">
            <OpenClass comparison={comparison} one={one} route={route} go={go} />
          </td>
        </tr>
      )}
    </>
  );
}

/** What each pair of releases does differently, as a caller can tell, with the smallest call of each kind. */
export function Differences({ route, go }: { readonly route: Route; readonly go: Go }) {
  const words = wordsOf(route.q);
  const shown = listed
    .map(({ comparison, name, classes }) => ({
      comparison,
      name,
      classes: classes.filter(({ one }) =>
        hasAll(
          words,
          [comparison.title, one.shape, one.from, one.to, one.because ?? ''],
          comparison.releases,
        ),
      ),
    }))
    .filter(({ classes }) => classes.length > 0);
  return (
    <section class="differences">
      <h2>What releases do differently</h2>
      {route.diff !== '' && !ids.has(route.diff) && (
        <p role="status">
          <b>Nothing at {route.diff}.</b> No comparison of this report has found this.
        </p>
      )}
      {comparisons.length === 0 && <p>No spec of this report compares releases.</p>}
      {comparisons.length > 0 && shown.length === 0 && <p>Nothing here is what is looked for.</p>}
      {shown.map(({ comparison, name, classes }) => (
        <article key={name}>
          <h3>
            {comparison.releases.join(' → ')} <small>{comparison.title}</small>
          </h3>
          <p class="bounds">
            {comparison.bounds}. {plural(comparison.transitions, 'call')} on each
            {comparison.complete ? '' : ' (not finished)'}.
          </p>
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">call</th>
                  <th scope="col">{comparison.releases[0]}</th>
                  <th scope="col">{comparison.releases[1]}</th>
                  <th scope="col">headroom</th>
                  <th scope="col">calls</th>
                  <th scope="col">reason</th>
                </tr>
              </thead>
              <tbody>
                {classes.map(({ one, id }) => (
                  <Row key={id} comparison={comparison} one={one} id={id} route={route} go={go} />
                ))}
              </tbody>
            </table>
          </div>
        </article>
      ))}
    </section>
  );
}
