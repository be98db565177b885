import {
  type CompareBounds,
  className,
  type EnumerateBounds,
  type MremapBounds,
  type RaceBounds,
  type RaceThread,
  type ReachBounds,
  type SpaceBounds,
} from '../checker/bounds.js';
import { callNames } from '../checker/calls.js';
import { callText as writtenCall } from '../model/call-text.js';
import { CALL_NAMES, type CallName } from '../model/release.js';
import type { ResourceLimits } from '../model/state.js';
import { Kind } from '../model/vma.js';
import type { CheckReport } from '../verify/verdicts.js';
import { plural, RESOURCE_NAMES, rangeText } from './words.js';

/** All that `any` stands for are too many to be named. */
const FEW = 4;

const flagsText = ({ flags }: MremapBounds): string =>
  flags.length > FEW
    ? `${plural(flags.length, 'combination')} of flags`
    : `flags ${flags.map((set) => set.join('|') || '0').join(', ')}`;

const mremapText = (bounds: MremapBounds): string =>
  [
    `mremap() with ${flagsText(bounds)}`,
    ...(bounds.lengths === 'equal' ? ['equal lengths'] : []),
    ...(bounds.destinations === 'fits' ? ['destinations that fit'] : []),
    ...(bounds.odd === true ? ['odd arguments too'] : []),
  ].join(', ');

const callText = (call: CallName, mremap: MremapBounds): string =>
  call === 'mremap' ? mremapText(mremap) : `${call}()`;

/** VMAs, and how far their page offsets may be from what `mmap()` gives them. */
const vmasText = ({
  classes,
  displacements = [],
}: Pick<ReachBounds, 'classes' | 'displacements'>) =>
  classes.map(className).join(', ') +
  (displacements.length === 0 ? '' : `, displacements ${displacements.join(', ')}`);

const areThoseOfMmap = ({ displacements }: SpaceBounds): boolean =>
  displacements.every((pages) => pages === 0);

/** How many there may be of what tells VMAs of one class apart. */
function identitiesText({ classes, vmas, identities }: SpaceBounds): string[] {
  if (vmas === 1) return [];
  const hasObjects = classes.some(({ kind }) => kind === 'shm' || kind === 'hugetlb');
  const names = [
    ...(classes.some(({ populated }) => populated) ? ['anon_vma'] : []),
    ...(hasObjects ? ['object'] : []),
  ];
  return names.map((name) => `up to ${plural(identities, name)}`);
}

const spacesText = (b: SpaceBounds): string =>
  [
    plural(b.pages, 'page'),
    `up to ${plural(b.vmas, 'VMA')} of ${vmasText(areThoseOfMmap(b) ? { classes: b.classes } : b)}`,
    ...identitiesText(b),
  ].join(', ');

const spaceBoundsText = (b: SpaceBounds & Pick<EnumerateBounds, 'limits'>): string =>
  `${spacesText(b)}; max_map_count ${rangeText(b.limits)}`;

const callsText = (b: EnumerateBounds): string =>
  `every ${callNames(b)
    .map((call) => callText(call, b.mremap))
    .join(', ')}`;

/** What an enumeration tries, in words. */
export const enumerateBoundsText = (b: EnumerateBounds): string =>
  [spaceBoundsText(b), ...resourcesText(b)].join(', ') +
  `; ${callsText(b)}` +
  (b.failures === undefined ? '' : `; up to ${plural(b.failures, 'failure')} in each`);

/** What a comparison of two releases, or an enumeration, tries. */
export const compareBoundsText = (b: CompareBounds): string =>
  b.headrooms === undefined
    ? enumerateBoundsText(b)
    : `${spacesText(b)}; headroom ${rangeText(b.headrooms)}; ${callsText(b)}`;

/** Source and destination of a move by FIXED lie side by side in the window. */
function windowText({ pages, vmas, mremap }: EnumerateBounds): string {
  const most = Math.min(vmas, Math.floor(pages / 2));
  const several = mremap.flags.some((flags) => flags.includes('FIXED'));
  return `larger windows and more VMAs${several ? `, so no move of more than ${most} at once` : ''}`;
}

/** What it does not try: what is no part of any comparison, and what these bounds leave out. */
export function notTriedText(b: EnumerateBounds): string {
  const kinds = Object.keys(Kind).filter((kind) => !b.classes.some((c) => c.kind === kind));
  const states = (['locked', 'sealed', 'armed'] as const).filter(
    (state) => !b.classes.some((c) => c[state] === true),
  );
  const calls = CALL_NAMES.filter((call) => !callNames(b).includes(call));
  return [
    windowText(b),
    ...(kinds.length === 0 ? [] : [`memory that is ${kinds.join(', ')}`]),
    ...(states.length === 0 ? [] : [`VMAs that are ${states.join(', ')}`]),
    ...(calls.length === 0 ? [] : [`the calls ${calls.join(', ')}`]),
    ...(b.mremap.odd === true ? [] : ['empty, unaligned and overlong ranges']),
    'failing allocations, limits of the process, several threads',
  ].join('; ');
}

const resourcesText = ({ resources = {} }: EnumerateBounds): string[] =>
  Object.entries(resources).map(
    ([name, pages]) => `${RESOURCE_NAMES[name as keyof ResourceLimits]} ${plural(pages, 'page')}`,
  );

function threadText(thread: RaceThread): string {
  if (thread.does === 'lower') return 'one that lowers the limit';
  if (thread.does === 'read') return 'one that reads map_count';
  const calls = thread.calls.map((call) => callText(call, thread.mremap));
  return `one that makes ${[...calls, ...thread.given.map(writtenCall)].join(' or ')}`;
}

/** What a search of races tries. */
export const raceBoundsText = (b: RaceBounds): string =>
  `${spaceBoundsText(b)}; threads: ${b.threads.map(threadText).join('; ')}`;

/** What a search from an empty window does. */
export const reachBoundsText = (b: ReachBounds): string =>
  `${vmasText(b)}; ${b.calls.map((call) => callText(call, b.mremap)).join(', ')}`;

/** What a check searches, in words; null for one without bounds. */
export function boundsText({ check }: CheckReport): string | null {
  if (check.check === 'race') return raceBoundsText(check.bounds);
  if (check.check !== 'reach') return compareBoundsText(check.bounds);
  const [first] = check.runs;
  return first === undefined ? null : reachBoundsText(first.bounds);
}
