import type { EnumerateBounds, ReachBounds } from '../src/checker/bounds.js';
import { enumeratePart, type SearchOptions } from '../src/checker/enumerate.js';
import type { ReachOptions } from '../src/checker/reach/expander.js';
import { reach } from '../src/checker/reach/reach.js';
import { invariants } from '../src/invariants/index.js';
import { machine } from '../src/model/plan.js';
import { releaseByRef } from '../src/model/releases/variant.js';

/** A search that a process of its own does and times. */
export type Probe =
  | { readonly search: 'reach'; readonly bounds: ReachBounds; readonly options?: ReachOptions }
  | {
      readonly search: 'enumerate';
      readonly release: string;
      readonly bounds: EnumerateBounds;
      readonly options?: SearchOptions;
    };

export interface Probed {
  /** Everything but the start of the process. */
  readonly seconds: number;
  readonly states: number;
  readonly transitions: number;
  readonly edges: number;
  /** By how much the most memory that the process had exceeds what it had before the search. */
  readonly bytes: number;
}

function search(probe: Probe): Omit<Probed, 'seconds' | 'bytes'> {
  if (probe.search === 'reach') {
    const found = reach(machine(releaseByRef('v6.12')), probe.bounds, [], probe.options);
    if (!found.complete) throw new Error('the search has stopped early');
    const { spaces: states, transitions } = found.work;
    return { states, transitions, edges: found.edges };
  }
  const on = machine(releaseByRef(probe.release));
  const { work } = enumeratePart(on, probe.bounds, invariants, probe.options);
  return { states: work.spaces, transitions: work.transitions, edges: 0 };
}

const before = process.memoryUsage.rss();
const start = performance.now();
const found = search(JSON.parse(process.argv[2] as string) as Probe);
const seconds = (performance.now() - start) / 1000;
const bytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before);
const probed: Probed = { ...found, seconds, bytes };
process.stdout.write(`${JSON.stringify(probed)}\n`);
