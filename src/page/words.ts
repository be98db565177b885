import type { Frame } from '../html/run.js';
import type { Vmas } from '../model/address-space.js';
import { coverage } from '../model/release.js';
import { releaseById } from '../model/releases/index.js';
import { releaseByRef } from '../model/releases/variant.js';
import {
  displacementOf,
  idOf,
  isAccounted,
  isArmed,
  isAway,
  isLocked,
  isSealed,
  kindName,
  pagesOf,
  protName,
  startOf,
  type Vma,
} from '../model/vma.js';
import { data } from './data.js';

/** Threads are A, B and so on. */
export const threadName = (thread: number): string => String.fromCharCode(65 + thread);

const states = (vma: Vma): string[] => [
  ...(isLocked(vma) ? ['locked'] : []),
  ...(isSealed(vma) ? ['sealed'] : []),
  ...(isArmed(vma) ? ['userfaultfd'] : []),
];

/** All that is to be known of a VMA. */
export function vmaText(vma: Vma): string {
  const [start, pages] = [startOf(vma), pagesOf(vma)];
  return [
    pages === 1 ? `page ${start}` : `pages ${start} to ${start + pages - 1}`,
    `${kindName(vma)} ${protName(vma)}`,
    ...states(vma),
    ...(isAccounted(vma) ? ['accounted'] : []),
    `offset ${start + displacementOf(vma)}`,
    ...(idOf(vma) === 0 ? [] : [`anon_vma or object ${idOf(vma)}`]),
    ...(isAway(vma) ? ['moved since it was written'] : []),
  ].join(', ');
}

export const vmasText = (vmas: Vmas): string =>
  vmas.length === 0 ? 'nothing mapped' : vmas.map(vmaText).join('; ');

/** Marks of a VMA that is locked, sealed or registered, as in the reports in text. */
export const stateMarks = (vma: Vma): string =>
  (isSealed(vma) ? '#' : '') + (isLocked(vma) ? '+' : '') + (isArmed(vma) ? '~' : '');

export const gaugeText = ({ mapCount, limit }: Frame): string =>
  `map_count ${mapCount} of ${limit}, ${
    mapCount > limit ? `${mapCount - limit} above the limit` : `headroom ${limit - mapCount}`
  }`;

/** What a release is, in a sentence. */
export function releaseText(id: string): string {
  const patched = data.patched.find((one) => one.id === id);
  return patched === undefined
    ? `Release ${id} stands for Linux ${coverage(releaseByRef(id))}.`
    : `Release ${id}: ${patched.says}`;
}

/** Documents of the project on a cell; a variant or a patch has none of its own. */
export function documentsOf(invariant: string, release: string): readonly string[] {
  const own = releaseById(release)?.id === release ? [`docs/spec/releases/${release}.md`] : [];
  return [`docs/spec/invariants/${invariant}.md`, ...own];
}
