import { note, probe, repeated, type Scale, typical } from './measure.js';
import type { Probe } from './probe.js';
import { growthFactor, median } from './statistics.js';
import { coreBounds, FULL_CLASSES, fullBounds, reachBounds } from './workloads.js';

/** What a search of one size costs. */
export interface Cost {
  readonly calls: number;
  readonly seconds: number;
  /** By how much the process grew at its most, garbage included. */
  readonly bytes: number;
}

/** How the cost of a search grows with one of its bounds. */
export interface Growth {
  readonly search: string;
  readonly against: string;
  readonly points: readonly (Cost & { readonly x: number })[];
  /** By what each is multiplied where the bound is greater by one. */
  readonly factors: Cost;
}

/** Memory comes in pages: a search that found enough of it there has not taken less than one. */
const PAGE = 4096;

async function costOf(what: Probe, repeats: number): Promise<Cost> {
  const runs = await repeated(repeats, () => probe(what));
  const { transitions: calls, seconds } = typical(runs);
  return { calls, seconds, bytes: Math.max(PAGE, median(runs.map(({ bytes }) => bytes))) };
}

async function grown(
  search: string,
  against: string,
  repeats: number,
  xs: readonly number[],
  probeAt: (x: number) => Probe,
): Promise<Growth> {
  note(`growth: ${search} against ${against}`);
  const points: Growth['points'][number][] = [];
  for (const x of xs) points.push({ x, ...(await costOf(probeAt(x), repeats)) });
  const factor = (of: keyof Cost): number =>
    growthFactor(points.map((point) => ({ x: point.x, y: point[of] })));
  return {
    search,
    against,
    points,
    factors: { calls: factor('calls'), seconds: factor('seconds'), bytes: factor('bytes') },
  };
}

/** How cost grows with pages, classes and limits. */
export async function growth({ quick, repeats }: Scale): Promise<Growth[]> {
  const sizes = quick ? 2 : 4;
  const pages = quick ? 2 : 4;
  const release = 'v6.12';
  return [
    await grown('reach, core model', 'pages', repeats, [5, 6, 7, 8].slice(0, sizes), (x) => ({
      search: 'reach',
      bounds: coreBounds({ pages: x, limit: 9, mmapCap: 9 }),
    })),
    await grown('reach, all calls', 'pages', repeats, [3, 4, 5, 6].slice(0, sizes), (x) => ({
      search: 'reach',
      bounds: reachBounds(x),
    })),
    await grown('enumerate', 'pages', repeats, [2, 3, 4, 5].slice(0, sizes), (x) => ({
      search: 'enumerate',
      release,
      bounds: fullBounds(x),
    })),
    await grown(`enumerate, ${pages} pages`, 'classes', repeats, [1, 2, 3, 4], (x) => ({
      search: 'enumerate',
      release,
      bounds: fullBounds(pages, FULL_CLASSES.slice(0, x)),
    })),
    await grown(
      `enumerate, ${pages} pages`,
      'the greatest limit',
      repeats,
      [4, 6, 8, 10, 12],
      (x) => ({ search: 'enumerate', release, bounds: fullBounds(pages, FULL_CLASSES, x) }),
    ),
  ];
}
