import { addWork, type Counts, type Work } from '../tally.js';
import type { Broken } from './breaches.js';

/** What came out of some states of a search. */
export interface Merged {
  readonly work: Work;
  readonly findings: readonly Broken[];
  /** Pairs of a state and a different successor. */
  readonly edges: number;
  /** Most VMAs in a state. */
  readonly largestCount: number;
}

const addBroken = (a: Broken, b: Broken): Broken => ({
  ...(a.state < 0 ? b : a),
  applied: a.applied + b.applied,
  broken: a.broken + b.broken,
});

/** The states of `a` come before those of `b`. */
export const addMerged = (a: Merged, b: Merged): Merged => ({
  work: addWork(a.work, b.work),
  findings: a.findings.map((one, i) => addBroken(one, b.findings[i] as Broken)),
  edges: a.edges + b.edges,
  largestCount: Math.max(a.largestCount, b.largestCount),
});

const twice = (counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, 2 * count]));

/** What comes out of the same states and of their mirror images. */
export const withMirrored = ({ work, findings, edges, largestCount }: Merged): Merged => ({
  work: {
    spaces: 2 * work.spaces,
    transitions: 2 * work.transitions,
    steps: twice(work.steps),
    refusals: twice(work.refusals),
    results: twice(work.results),
    peak: work.peak,
  },
  findings: findings.map((one) => ({
    ...one,
    applied: 2 * one.applied,
    broken: 2 * one.broken,
  })),
  edges: 2 * edges,
  largestCount,
});
