import {
  className,
  type EnumerateBounds,
  type RaceBounds,
  type RaceThread,
  type ReachBounds,
  type SpaceBounds,
} from '../checker/bounds.js';
import { callNames } from '../checker/calls.js';
import type { ResourceLimits } from '../model/state.js';
import type { CheckReport } from '../verify/verdicts.js';
import { callText, plural, RESOURCE_NAMES, rangeText } from './words.js';

const spaceBoundsText = (b: SpaceBounds & Pick<EnumerateBounds, 'limits'>): string =>
  `${b.pages} pages, up to ${plural(b.vmas, 'VMA')} of ${b.classes.map(className).join(', ')}; ` +
  `max_map_count ${rangeText(b.limits)}`;

/** What an enumeration tries, in words. */
export const enumerateBoundsText = (b: EnumerateBounds): string =>
  [spaceBoundsText(b), ...resourcesText(b)].join(', ') +
  `; every ${callNames(b)
    .map((call) => (call === 'mremap' ? mremapText(b) : `${call}()`))
    .join(', ')}` +
  (b.failures === undefined ? '' : `; up to ${plural(b.failures, 'failure')} in each`);

const resourcesText = ({ resources = {} }: EnumerateBounds): string[] =>
  Object.entries(resources).map(
    ([name, pages]) => `${RESOURCE_NAMES[name as keyof ResourceLimits]} ${plural(pages, 'page')}`,
  );

const mremapText = ({ mremap }: EnumerateBounds): string =>
  `mremap() with ${plural(mremap.flags.length, 'combination')} of flags` +
  (mremap.lengths === 'equal' ? ', equal lengths' : '') +
  (mremap.odd === true ? ', odd arguments too' : '');

function threadText(thread: RaceThread): string {
  if (thread.does === 'lower') return 'one that lowers the limit';
  if (thread.does === 'read') return 'one that reads map_count';
  return `one that makes ${[...thread.calls, ...thread.given.map(callText)].join(' or ')}`;
}

/** What a search of races tries. */
export const raceBoundsText = (b: RaceBounds): string =>
  `${spaceBoundsText(b)}; threads: ${b.threads.map(threadText).join(', ')}`;

/** What a search from an empty window does. */
export const reachBoundsText = (b: ReachBounds): string =>
  `${b.classes.map(className).join(', ')}; ${b.calls.join(', ')}`;

/** What a check searches, in words; null for one without bounds. */
export function boundsText({ check }: CheckReport): string | null {
  if (check.check === 'race') return raceBoundsText(check.bounds);
  if (check.check !== 'reach') return enumerateBoundsText(check.bounds);
  const [first] = check.runs;
  return first === undefined ? null : reachBoundsText(first.bounds);
}
