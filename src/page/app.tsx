import { useRef } from 'preact/hooks';
import { grouped, plural } from '../report/words.js';
import { CellView } from './cell-view.js';
import { data } from './data.js';
import { Differences } from './differences.js';
import { offered, SHOW_TEXT } from './filter.js';
import { Help } from './help.js';
import { useKeys } from './keys.js';
import { Matrix } from './matrix.js';
import { Plots } from './plots.js';
import { Questions } from './questions.js';
import { FRESH, type Go, linkTo, type Route, SHOWS, useRoute, VIEWS } from './route.js';
import { Theme } from './theme.js';

function Summary() {
  const verdicts = data.specs.flatMap(({ checks }) =>
    checks.flatMap((check) => (check.kind === 'compare' ? [] : check.verdicts)),
  );
  const violations = verdicts.filter((v) => v.found === 'violated').length;
  const state = !data.asExpected
    ? 'not all is as the specs expect'
    : data.complete
      ? 'all is as the specs expect'
      : 'not finished; what was done is as the specs expect';
  return (
    <p class="summary">
      {plural(data.specs.length, 'spec')}, {plural(verdicts.length, 'verdict')} from{' '}
      {grouped(data.transitions)} calls: <b class={data.asExpected ? '' : 'surprise'}>{state}</b>,{' '}
      {plural(violations, 'violation')} among it.
      {data.confirmedOn !== null &&
        ` Replayed beside ${data.confirmedOn.name} ${data.confirmedOn.version}.`}
    </p>
  );
}

function Tools({
  route,
  go,
  search,
}: {
  readonly route: Route;
  readonly go: Go;
  readonly search: { current: HTMLInputElement | null };
}) {
  return (
    <div class="tools">
      <nav aria-label="parts of the report">
        {VIEWS.map((view) => (
          <a
            key={view}
            href={linkTo(route, { ...FRESH, view })}
            aria-current={route.view === view ? 'page' : undefined}
          >
            {view}
          </a>
        ))}
      </nav>
      {/* Plots are not searched. */}
      {route.view !== 'plots' && (
        <search>
          <label>
            search{' '}
            <input
              ref={search}
              type="search"
              placeholder="limit v6.12"
              value={route.q}
              onInput={(event) => go({ q: event.currentTarget.value }, true)}
              onKeyDown={(event) => {
                if (event.key === 'Enter') event.currentTarget.blur();
              }}
            />
          </label>
          {route.view === 'matrix' && (
            <label>
              show{' '}
              <select
                value={route.show}
                onChange={(event) => {
                  const wanted = event.currentTarget.value;
                  go({ show: SHOWS.find((one) => one === wanted) ?? 'all' }, true);
                }}
              >
                {offered(SHOWS, route.show).map((show) => (
                  <option key={show} value={show}>
                    {SHOW_TEXT[show]}
                  </option>
                ))}
              </select>
            </label>
          )}
        </search>
      )}
    </div>
  );
}

/** Where the keys go on when a cell is closed. */
function focusCell(cell: string): void {
  const link = document.querySelector(`[data-cell="${CSS.escape(cell)}"]`);
  if (link instanceof HTMLElement) link.focus();
}

export function App() {
  const [route, go] = useRoute();
  const search = useRef<HTMLInputElement>(null);
  const help = useRef<HTMLDialogElement>(null);
  useKeys({
    '/': () => search.current?.focus(),
    '?': () => help.current?.showModal(),
    Escape: () => {
      if (help.current?.open === true) help.current.close();
      else if (document.activeElement === search.current) search.current?.blur();
      else if (route.cell !== '' || route.diff !== '') {
        go({ ...FRESH });
        focusCell(route.cell);
      }
    },
  });
  return (
    <>
      <header>
        <div class="top">
          <h1>mremap-check</h1>
          <span class="version">{data.version}</span>
          <span class="room" />
          <Theme />
          <button type="button" onClick={() => help.current?.showModal()}>
            keys <kbd>?</kbd>
          </button>
        </div>
        <Summary />
        <Tools route={route} go={go} search={search} />
      </header>
      <main>
        {route.view === 'matrix' && <Matrix route={route} />}
        {route.view === 'matrix' && route.cell !== '' && <CellView route={route} go={go} />}
        {route.view === 'differences' && <Differences route={route} go={go} />}
        {route.view === 'plots' && <Plots route={route} />}
        {route.view === 'questions' && <Questions route={route} />}
      </main>
      <Help dialog={help} />
    </>
  );
}
