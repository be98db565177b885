import { useEffect, useState } from 'preact/hooks';

export const VIEWS = ['matrix', 'differences', 'plots', 'questions'] as const;
type View = (typeof VIEWS)[number];

export const SHOWS = [
  'all',
  'fails',
  'holds',
  'untested',
  'unexpected',
  'confirmed',
  'refuted',
] as const;
export type Show = (typeof SHOWS)[number];

/** All of what the page shows, and what a link says: `#cell=limit-held/v6.12&step=4`. */
export interface Route {
  readonly view: View;
  /** Search words. */
  readonly q: string;
  readonly show: Show;
  /** An open cell, `invariant/release`, or an open class of differences, `v6.12>v6.15/2`. */
  readonly cell: string;
  readonly diff: string;
  /** Which counterexample of the cell, from 1. */
  readonly case: number;
  /** How many micro-steps have been made. */
  readonly step: number;
  readonly micro: boolean;
  /** The release beside. */
  readonly with: string;
}

const HOME: Route = {
  view: 'matrix',
  q: '',
  show: 'all',
  cell: '',
  diff: '',
  case: 1,
  step: 0,
  micro: false,
  with: '',
};

const oneOf = <W extends string>(words: readonly W[], word: string | null): W =>
  words.find((known) => known === word) ?? (words[0] as W);

const count = (text: string | null, least: number): number => {
  const n = Number(text);
  return text !== null && Number.isInteger(n) && n >= least ? n : least;
};

/** A hash as a route; what it does not say, or says wrongly, is as at the start. */
function parse(hash: string): Route {
  const said = new URLSearchParams(hash.replace(/^#/, ''));
  const text = (name: string): string => said.get(name) ?? '';
  const [cell, diff] = [text('cell'), text('diff')];
  return {
    view: diff === '' ? oneOf(VIEWS, said.get('view')) : 'differences',
    q: text('q'),
    show: oneOf(SHOWS, said.get('show')),
    cell: diff === '' ? cell : '',
    diff,
    case: count(said.get('case'), 1),
    step: count(said.get('step'), 0),
    micro: said.get('micro') === '1',
    with: text('with'),
  };
}

/** A route as a hash that says no more than it has to. */
function hashOf(route: Route): string {
  const said = Object.entries(route).flatMap(([name, value]) => {
    if (value === HOME[name as keyof Route]) return [];
    if (name === 'view' && route.diff !== '') return [];
    const text = value === true ? '1' : String(value);
    // These stay readable; nothing in them has a meaning in a query.
    return [
      `${name}=${encodeURIComponent(text).replace(/%(2F|3E|5B|5D|3D|2C)/g, decodeURIComponent)}`,
    ];
  });
  return `#${said.join('&')}`;
}

/** What opening something else does away with. */
export const FRESH = { case: 1, step: 0, micro: false, with: '', cell: '', diff: '' } as const;

/** A link to another place in the page, from the one that is shown. */
export const linkTo = (route: Route, change: Partial<Route>): string =>
  hashOf({ ...route, ...change });

/** Goes to another place; `quiet` leaves no entry in the history, as for each step. */
export type Go = (change: Partial<Route>, quiet?: boolean) => void;

export function useRoute(): readonly [Route, Go] {
  const [route, setRoute] = useState(() => parse(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(parse(location.hash));
    addEventListener('hashchange', follow);
    addEventListener('popstate', follow);
    return () => {
      removeEventListener('hashchange', follow);
      removeEventListener('popstate', follow);
    };
  }, []);
  const go: Go = (change, quiet = false) => {
    const hash = hashOf({ ...parse(location.hash), ...change });
    if (quiet) history.replaceState(null, '', hash);
    else history.pushState(null, '', hash);
    setRoute(parse(hash));
  };
  return [route, go];
}
