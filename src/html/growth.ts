import { readFileSync } from 'node:fs';
import * as t from 'io-ts';
import { decode, parseJson } from '../input/decode.js';
import type { BehaviourCounts, GrowthData } from './data.js';

/** What `npm run bench -- --json growth` wrote, and what docs/bounds.md says; both come with the package. */
const MEASURED = [
  'bench/growth.json',
  new URL('../../bench/growth.json', import.meta.url),
] as const;
const COUNTED = [
  'bench/classes.json',
  new URL('../../bench/classes.json', import.meta.url),
] as const;

function read<A>(codec: t.Type<A>, [name, file]: readonly [string, URL]): A {
  return decode(codec, parseJson(readFileSync(file, 'utf8'), name), name);
}

const measured = t.type({
  machine: t.string,
  growth: t.array(
    t.type({
      search: t.string,
      against: t.string,
      points: t.array(t.type({ x: t.number, calls: t.number, seconds: t.number })),
    }),
  ),
});

/** How the cost of searches grows with the window, as it was measured once; no figure of this run. */
export function measuredGrowth(): GrowthData[] {
  const { machine, growth } = read(measured, MEASURED);
  return growth
    .filter(({ against }) => against === 'pages')
    .map(({ search, points }) => ({
      search,
      machine,
      points: points.map(({ x, calls, seconds }) => ({ x, calls, seconds })),
    }));
}

const counted = t.array(
  t.type({
    release: t.string,
    points: t.array(t.type({ pages: t.number, classes: t.number })),
  }),
);

/** Classes of calls on some releases, in windows of growing size. */
export const countedBehaviours = (): BehaviourCounts[] => read(counted, COUNTED);
