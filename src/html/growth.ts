import { readFileSync } from 'node:fs';
import * as t from 'io-ts';
import { decode, parseJson } from '../input/decode.js';
import type { GrowthData } from './data.js';

/** What `npm run bench -- --json growth` wrote; it comes with the package. */
const MEASURED = new URL('../../bench/growth.json', import.meta.url);

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
  const where = 'bench/growth.json';
  const { machine, growth } = decode(
    measured,
    parseJson(readFileSync(MEASURED, 'utf8'), where),
    where,
  );
  return growth
    .filter(({ against }) => against === 'pages')
    .map(({ search, points }) => ({
      search,
      machine,
      points: points.map(({ x, calls, seconds }) => ({ x, calls, seconds })),
    }));
}
