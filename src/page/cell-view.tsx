import { useEffect, useRef } from 'preact/hooks';
import type { ShownData } from '../html/data.js';
import { shortName } from '../report/release-name.js';
import { grouped, plural } from '../report/words.js';
import { CELL_TEXT, cellAt, cellWords, FOUND_TEXT } from './cells.js';
import { type Asked, columns, data, rows, variants } from './data.js';
import { played, playedRace } from './play.js';
import { Player } from './player.js';
import { FRESH, type Go, linkTo, type Route } from './route.js';
import { CallSituation, RaceSituation } from './situation.js';
import { documentsOf, releaseText } from './words.js';

/** The other releases of the same promise. */
function Strip({
  invariant,
  release,
  route,
}: {
  readonly invariant: string;
  readonly release: string;
  readonly route: Route;
}) {
  return (
    <nav class="strip" aria-label={`${invariant} on other releases`}>
      {[...columns, ...variants].map((id) => {
        const cell = cellAt(invariant, id);
        if (cell.word === 'not asked') return null;
        return (
          <a
            key={id}
            href={linkTo(route, { ...FRESH, cell: `${invariant}/${id}` })}
            class={`cell ${cell.word}`}
            aria-current={id === release ? 'page' : undefined}
          >
            {shortName(id)} <span>{CELL_TEXT[cell.word]}</span>
            <i class="unseen"> {cellWords(invariant, id, cell)}</i>
          </a>
        );
      })}
    </nav>
  );
}

const KERNEL_TEXT = {
  confirmed: 'confirmed on',
  refuted: 'not confirmed on',
  impossible: 'cannot be put to',
} as const;

function Confirmation({ verdict }: { readonly verdict: Asked }) {
  const { confirmation } = verdict;
  if (confirmation === null || data.confirmedOn === null) return null;
  const { name, version } = data.confirmedOn;
  const reason = confirmation.reason === '' ? '' : `: ${confirmation.reason}`;
  return (
    <p class={`kernel-says ${confirmation.state}`}>
      {KERNEL_TEXT[confirmation.state]} {name} {version}
      {reason}
    </p>
  );
}

/** One verdict: who asked, what was tried, what came of it and why that is so. */
function VerdictItem({
  verdict,
  number,
  route,
  selected,
}: {
  readonly verdict: Asked;
  /** Of its counterexample, from 1; undefined without one. */
  readonly number: number | undefined;
  readonly route: Route;
  readonly selected: boolean;
}) {
  const { spec, check, found, expected, because, applied, broken } = verdict;
  const search = check.searches.find(({ release }) => release === verdict.release);
  const surprise = found !== 'unknown' && found !== expected;
  return (
    <li class={selected ? 'verdict selected' : 'verdict'}>
      <p class="head">
        <span class={`word ${found}`}>{FOUND_TEXT[found]}</span>{' '}
        {surprise && <strong class="surprise">! the spec says {FOUND_TEXT[expected]} </strong>}
        <a href={linkTo(route, { ...FRESH, view: 'questions', q: spec.file })}>{spec.title}</a>
        {': '}
        {check.title}
        {number !== undefined && (
          <a
            class="show"
            href={linkTo(route, { step: 0, case: number })}
            aria-current={selected ? 'true' : undefined}
          >
            counterexample {number}
          </a>
        )}
      </p>
      <p class="because">{because}</p>
      <Confirmation verdict={verdict} />
      <p class="bounds">
        {check.bounds}. {plural(applied, 'call is a case', 'calls are cases')} of it
        {broken > 0 && `, ${grouped(broken)} ${broken === 1 ? 'breaks' : 'break'} it`}
        {search !== undefined &&
          `; of ${plural(search.transitions, 'call')} in ${plural(search.spaces, 'address space')}${search.complete ? '' : ' (not finished)'}`}
        .
      </p>
    </li>
  );
}

function Counterexample({
  shown,
  release,
  route,
  go,
}: {
  readonly shown: ShownData;
  readonly release: string;
  readonly route: Route;
  readonly go: Go;
}) {
  if (shown.kind === 'race') {
    const race = data.races[shown.at];
    if (race === undefined) return null;
    return (
      <>
        <RaceSituation race={race} />
        <Player run={playedRace(race)} play={undefined} route={route} go={go} />
      </>
    );
  }
  const one = data.cases[shown.at];
  if (one === undefined) return null;
  const run = played(one, shown.at, release);
  return (
    <>
      <CallSituation one={one} result={run.frames.at(-1)?.result ?? ''} />
      <Player run={run} play={(other) => played(one, shown.at, other)} route={route} go={go} />
    </>
  );
}

/** What is behind a cell of the matrix. */
export function CellView({ route, go }: { readonly route: Route; readonly go: Go }) {
  const heading = useRef<HTMLHeadingElement>(null);
  const cut = route.cell.indexOf('/');
  const [invariant, release] = [route.cell.slice(0, cut), route.cell.slice(cut + 1)];
  const cell = cellAt(invariant, release);
  const promise = rows.find(({ id }) => id === invariant);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'start' });
  }, [route.cell]);
  if (promise === undefined || cell.word === 'not asked') {
    return (
      <section class="open">
        <h2 ref={heading} tabIndex={-1}>
          Nothing at {route.cell}
        </h2>
        <p>No spec of this report asks this.</p>
      </section>
    );
  }
  const withCase = cell.verdicts.filter(({ shown }) => shown !== null);
  const selected = withCase[Math.min(route.case, withCase.length) - 1];
  return (
    <section class="open" aria-labelledby="open-heading">
      <div class="title">
        <h2 id="open-heading" ref={heading} tabIndex={-1}>
          <code>{invariant}</code> on <code>{release}</code>{' '}
          <span class={`word ${cell.word === 'fails' ? 'violated' : cell.word}`}>
            {cell.word === 'untested' ? 'no case' : cell.word}
          </span>
        </h2>
        <button type="button" class="close" onClick={() => go({ ...FRESH })}>
          close <kbd>Esc</kbd>
        </button>
      </div>
      <p class="statement">{promise.statement}</p>
      <p class="source">
        {promise.source} <span>{releaseText(release)}</span>
      </p>
      <p class="source">In the project: {documentsOf(invariant, release).join(', ')}</p>
      <Strip invariant={invariant} release={release} route={route} />
      {selected?.shown && (
        <div class="counterexample">
          <h3>
            Counterexample
            {withCase.length > 1 && ` ${withCase.indexOf(selected) + 1} of ${withCase.length}`}
          </h3>
          <p class="why">{selected.shown.explanation}</p>
          <Counterexample shown={selected.shown} release={release} route={route} go={go} />
        </div>
      )}
      <h3>{plural(cell.verdicts.length, 'verdict')}</h3>
      <ul class="verdicts">
        {cell.verdicts.map((verdict) => {
          const number = withCase.indexOf(verdict) + 1;
          return (
            <VerdictItem
              key={`${verdict.spec.file} ${verdict.check.title}`}
              verdict={verdict}
              number={number === 0 ? undefined : number}
              route={route}
              selected={verdict === selected}
            />
          );
        })}
      </ul>
    </section>
  );
}
