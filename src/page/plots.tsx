import { useMemo, useState } from 'preact/hooks';
import { Chart, type Series } from './chart.js';
import { data } from './data.js';
import { FRESH, linkTo, type Route } from './route.js';
import { greatestRise, worstPaths } from './worst-paths.js';

/** Where nothing new comes, nothing new can be seen. */
const Level = () => (
  <>Where a line is level, a larger window has brought nothing new: a sign, and no proof.</>
);

function Behaviours() {
  if (data.behaviours.length === 0) return null;
  return (
    <article>
      <Chart
        title="Classes of what a call comes to, against the window"
        across="pages of the window"
        up="classes"
        series={data.behaviours.map(({ release, points }) => ({
          name: release,
          points: points.map(({ pages, classes }) => [pages, classes] as const),
        }))}
      />
      <p class="note">
        Every mremap() in up to 2 VMAs of anonymous memory with 0 to 8 map slots left; counted once,
        not in this run. <Level />
      </p>
    </article>
  );
}

function Differences() {
  if (data.classes.length === 0) return null;
  const series = data.classes.map(({ releases, points }) => ({
    name: releases.join(' → '),
    points: points.map(({ pages, classes }) => [pages, classes] as const),
  }));
  return (
    <article>
      <Chart
        title="Classes of differences between two releases, against the window"
        across="pages of the window"
        up="classes"
        series={series}
      />
      <p class="note">
        The classes of this report, in its own window and in smaller ones. <Level />
      </p>
    </article>
  );
}

/** One point for each search of this report. */
const searched = (of: 'spaces' | 'transitions', kind: 'enumerate' | 'reach' | 'race') =>
  data.specs.flatMap(({ checks }) =>
    checks.flatMap((check) =>
      check.kind === kind
        ? check.searches
            .filter((search) => search[of] > 0)
            .map((search) => [search.pages, search[of]] as const)
        : [],
    ),
  );

/** Points that lie upon each other are one. */
const distinct = (points: readonly (readonly [number, number])[]) =>
  [...new Map(points.map((point) => [point.join(), point])).values()].sort(
    (a, b) => a[0] - b[0] || a[1] - b[1],
  );

function Work() {
  const series: Series[] = (['enumerate', 'reach', 'race'] as const)
    .map((kind) => ({
      name: kind === 'reach' ? 'reach (states)' : kind,
      points: distinct(searched('spaces', kind)),
      scattered: true as const,
    }))
    .filter(({ points }) => points.length > 0);
  if (series.length === 0) return null;
  return (
    <article>
      <Chart
        title="Address spaces of each search of this report, against its window"
        across="pages of the window"
        up="address spaces"
        series={series}
        logarithmic
      />
      <p class="note">
        The searches also differ in kinds of VMAs, their number, and what is called.
      </p>
    </article>
  );
}

function Time() {
  const [first] = data.growth;
  if (first === undefined) return null;
  return (
    <article>
      <Chart
        title="Time of one search, against its window"
        across="pages of the window"
        up="seconds"
        series={data.growth.map(({ search, points }) => ({
          name: search,
          points: points.map(({ x, seconds }) => [x, seconds] as const),
        }))}
        logarithmic
      />
      <p class="note">Measured once, one worker, on {first.machine}; not in this run.</p>
    </article>
  );
}

function WorstPath({ route }: { readonly route: Route }) {
  const paths = useMemo(worstPaths, []);
  const [release, setRelease] = useState('');
  const worst = paths.reduce<(typeof paths)[number] | undefined>(
    (best, path) => (best === undefined || path.rise > best.rise ? path : best),
    undefined,
  );
  const path = paths.find((one) => one.release === release) ?? worst;
  if (path === undefined) return null;
  const { run, invariant, number } = path;
  const limit = run.frames[0]?.limit ?? 0;
  const peak = run.frames.findIndex(({ mapCount }) => mapCount === run.peak);
  return (
    <article>
      <Chart
        title={`map_count over the micro-steps of the worst path on ${path.release}`}
        across="micro-steps made"
        up="map_count"
        series={[
          {
            name: 'map_count',
            points: run.frames.map(({ mapCount }, i) => [i, mapCount] as const),
            stepped: true,
          },
        ]}
        limit={[limit, `max_map_count ${limit}`]}
        nameOf={(i) => run.frames[i]?.name ?? `${i}`}
      />
      <p class="note">
        <label>
          release{' '}
          <select value={path.release} onChange={(event) => setRelease(event.currentTarget.value)}>
            {paths.map((one) => (
              <option key={one.release} value={one.release}>
                {`${one.release} (+${one.rise})`}
              </option>
            ))}
          </select>
        </label>{' '}
        Of the counterexamples here, the one on whose way map_count rises furthest, by {path.rise}.
        In all calls that were searched on {path.release} it rose by {greatestRise(path.release)} at
        most.{' '}
        <a
          href={linkTo(route, {
            ...FRESH,
            view: 'matrix',
            q: '',
            show: 'all',
            cell: `${invariant}/${path.release}`,
            case: number,
            step: peak,
          })}
        >
          {invariant} on {path.release}, at its peak
        </a>
      </p>
    </article>
  );
}

/** How behaviour, work and map_count grow. */
export const Plots = ({ route }: { readonly route: Route }) => (
  <section class="plots">
    <h2 class="unseen">Plots</h2>
    <WorstPath route={route} />
    <Behaviours />
    <Differences />
    <Work />
    <Time />
  </section>
);
