import type { Release } from '../../model/release.js';

/** File of the page of a release, and of its diagrams. */
export const releasePath = ({ id }: Release): string => `releases/${id}.md`;
export const diagramPath = ({ id }: Release): string => `diagrams/${id}.svg`;
export const differencePath = (before: Release, after: Release): string =>
  `diagrams/${before.id}-to-${after.id}.svg`;
