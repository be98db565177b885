import { useEffect, useRef, useState } from 'preact/hooks';
import { shortName } from '../report/release-name.js';
import { CELL_TEXT, type Cell, cellAt, cellWords } from './cells.js';
import { rows as allRows, data } from './data.js';
import { filtered, isShown } from './filter.js';
import { FRESH, linkTo, type Route } from './route.js';
import { releaseText } from './words.js';

const KERNEL_MARK = { confirmed: '*', refuted: '~' } as const;

const MarkedText = ({ cell }: { readonly cell: Cell }) => (
  <>
    {cell.surprise && <b class="surprise">!</b>}
    {CELL_TEXT[cell.word]}
    {cell.kernel !== undefined && <b class={cell.kernel}>{KERNEL_MARK[cell.kernel]}</b>}
    {cell.word !== 'not asked' && <small>{cell.pages} p</small>}
  </>
);

/** Where an arrow or the like leads; undefined for other keys, and for those that are the browser's. */
function moved(
  event: KeyboardEvent,
  [row, column]: readonly [number, number],
  [height, width]: readonly [number, number],
): readonly [number, number] | undefined {
  const far = event.ctrlKey;
  if (event.altKey || event.metaKey || (far && !['Home', 'End'].includes(event.key))) {
    return undefined;
  }
  const to: Record<string, readonly [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    Home: [far ? 0 : row, 0],
    End: [far ? height - 1 : row, width - 1],
    PageUp: [row - 10, column],
    PageDown: [row + 10, column],
  };
  const place = to[event.key];
  if (place === undefined) return undefined;
  const into = (n: number, size: number): number => Math.max(0, Math.min(size - 1, n));
  return [into(place[0], height), into(place[1], width)];
}

/** Promises down, releases across; one stop for Tab, from which arrows lead on. */
function Grid({
  name,
  promises,
  releases,
  route,
}: {
  readonly name: string;
  readonly promises: readonly (typeof allRows)[number][];
  readonly releases: readonly string[];
  readonly route: Route;
}) {
  const table = useRef<HTMLTableElement>(null);
  const [[row, column], setPlace] = useState<readonly [number, number]>([0, 0]);
  const at = [Math.min(row, promises.length - 1), Math.min(column, releases.length - 1)] as const;
  const focus = ([r, c]: readonly [number, number]): void => {
    setPlace([r, c]);
    const cell = table.current?.tBodies[0]?.rows[r]?.cells[c + 1]?.firstElementChild;
    if (cell instanceof HTMLElement) cell.focus();
  };
  useEffect(() => {
    // The cell that is open is where the keys go on when it is closed.
    const [invariant, release] = [route.cell.split('/')[0], route.cell.replace(/^[^/]*\//, '')];
    const place = [
      promises.findIndex(({ id }) => id === invariant),
      releases.indexOf(release),
    ] as const;
    if (place[0] >= 0 && place[1] >= 0) setPlace(place);
  }, [route.cell, promises, releases]);
  return (
    <table
      ref={table}
      // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a grid is a table that is walked through
      role="grid"
      aria-label={name}
      onKeyDown={(event) => {
        const place = moved(event, at, [promises.length, releases.length]);
        if (place === undefined) return;
        event.preventDefault();
        focus(place);
      }}
    >
      <thead>
        <tr>
          <td />
          {releases.map((id) => (
            <th key={id} scope="col" title={releaseText(id)}>
              {shortName(id)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {promises.map(({ id, statement }, r) => (
          <tr key={id}>
            <th scope="row" title={statement}>
              {id}
            </th>
            {releases.map((release, c) => {
              const cell = cellAt(id, release);
              const cellId = `${id}/${release}`;
              const stop = r === at[0] && c === at[1] ? 0 : -1;
              const state = isShown(cell, route.show) || cell.word === 'not asked' ? '' : 'aside';
              return (
                // biome-ignore lint/a11y/useFocusableInteractive: what is in it has the focus
                <td
                  key={release}
                  // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a cell of the grid
                  role="gridcell"
                  class={`cell ${cell.word.replace(' ', '-')} ${state}`}
                >
                  {cell.word === 'not asked' ? (
                    // biome-ignore lint/a11y/noStaticElementInteractions: arrows come by here
                    <span tabIndex={stop} onFocus={() => setPlace([r, c])}>
                      <i class="unseen">{cellWords(id, release, cell)}</i>
                    </span>
                  ) : (
                    <a
                      href={linkTo(route, { ...FRESH, cell: cellId })}
                      tabIndex={stop}
                      data-cell={cellId}
                      aria-current={route.cell === cellId ? 'true' : undefined}
                      onFocus={() => setPlace([r, c])}
                    >
                      <MarkedText cell={cell} />
                      <i class="unseen"> {cellWords(id, release, cell)}</i>
                    </a>
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Every promise on every release. */
export function Matrix({ route }: { readonly route: Route }) {
  const { rows, columns, variants } = filtered(route);
  const asked = rows.filter(({ id }) => columns.some((c) => cellAt(id, c).word !== 'not asked'));
  const odd = variants.filter((release) =>
    rows.some(({ id }) => cellAt(id, release).word !== 'not asked'),
  );
  const oddRows = rows.filter(({ id }) => odd.some((c) => cellAt(id, c).word !== 'not asked'));
  return (
    <section class="matrix" aria-label="matrix of promises and releases">
      <p class="found" role="status">
        {rows.length} of {allRows.length} promises
      </p>
      {asked.length === 0 && oddRows.length === 0 && <p>Nothing here is what is looked for.</p>}
      {asked.length > 0 && columns.length > 0 && (
        <div class="scroll">
          <Grid name="promises and releases" promises={asked} releases={columns} route={route} />
        </div>
      )}
      {oddRows.length > 0 && (
        <>
          <h2>Variants and patches</h2>
          <div class="scroll">
            <Grid name="promises and variants" promises={oddRows} releases={odd} route={route} />
          </div>
        </>
      )}
      <p class="legend">
        <b>fails</b>: a counterexample is behind the cell. <b>holds</b>: in all that was tried; the
        pages of the largest window are below the word. <b>–</b>: no call was a case of it. <b>?</b>
        : not finished. <b>!</b>: not as a spec expects.
        {data.confirmedOn !== null &&
          ` *: confirmed on ${data.confirmedOn.name} ${data.confirmedOn.version}; ~: not confirmed there.`}{' '}
        A column stands for every release up to the next.
      </p>
    </section>
  );
}
