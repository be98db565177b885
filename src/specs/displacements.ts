import { BadInput } from '../input/bad-input.js';
import type { WrittenBounds, WrittenReachBounds } from './codec.js';

/** Whether calls may take page offsets ever further from what `mmap()` gave them. */
const isUnbounded = ({ classes, calls, flags = 'any' }: WrittenReachBounds): boolean =>
  calls.includes('mremap') &&
  (flags === 'any' || flags.some((set) => set.includes('MAYMOVE'))) &&
  // Anonymous memory that was never written has the page offset of its address.
  (calls.includes('touch') || classes.some((words) => !words.startsWith('anon ')));

/** A reach search has a bound on page offsets if it does not end without, and one that it can begin with. */
export function checkDisplacements(bounds: WrittenReachBounds, where: string): void {
  const { displacements } = bounds;
  if (displacements === undefined) {
    if (!isUnbounded(bounds)) return;
    throw new BadInput(
      `${where}.displacements: found none, expected a list such as [-1,0,1], since each move of files or of written memory may take page offsets further from where they were mapped`,
    );
  }
  if (!displacements.includes(0)) {
    throw new BadInput(
      `${where}.displacements: found ${JSON.stringify(displacements)}, expected 0 among them, which is what mmap() gives`,
    );
  }
}

/** What is displaced has a displacement other than 0; without one there is no such VMA. */
export function checkDisplaced(
  { classes, displacements = [0] }: Pick<WrittenBounds, 'classes' | 'displacements'>,
  where: string,
): void {
  if (!classes.some((words) => words.includes(' displaced'))) return;
  if (displacements.some((pages) => pages !== 0)) return;
  throw new BadInput(
    `${where}.displacements: found ${JSON.stringify(displacements)}, expected one other than 0 for the classes that are displaced`,
  );
}
