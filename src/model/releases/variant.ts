import { coverage, type Release, withStep } from '../release.js';
import type { CountCheck } from '../step.js';
import { countCheck } from '../steps/counts.js';
import { releaseById, releases } from './index.js';

/** Count checks of mremap() that a variant may change, by the step's name. */
const CHECKS: Readonly<Record<string, string>> = {
  early: 'early-count-check',
  move: 'move-count-check',
};

/** A reference that names no release, or a check that it does not have. */
export class UnknownRelease extends Error {
  override readonly name = 'UnknownRelease';

  /** @param expected what would have been a reference */
  constructor(
    readonly ref: string,
    readonly expected: string,
  ) {
    super(`found "${ref}", expected ${expected}`);
  }
}

/** The release with a check that asks for another headroom, or (`off`) without it. */
function withHeadroom(release: Release, check: string, need: number | 'off'): Release {
  const name = CHECKS[check] as string;
  return withStep(release, name, (step) => {
    if (need === 'off') return [];
    const count: CountCheck = { role: (step.count as CountCheck).role, need };
    const changed = countCheck(name, step.kernel, count);
    return [step.when === undefined ? changed : { ...changed, when: step.when }];
  });
}

const known = (): string =>
  releases.map((release) => `${release.id} (${coverage(release)})`).join(', ');

/**
 * A release by its reference: an id such as `v6.12`, or one with other count checks, such as
 * `v5.1[early=off,move=2]`. Throws UnknownRelease.
 */
export function releaseByRef(ref: string): Release {
  const [, id, edits] = /^([^[\]]+)(?:\[([^[\]]*)\])?$/.exec(ref) ?? [];
  const base = id === undefined ? undefined : releaseById(id);
  if (base === undefined) throw new UnknownRelease(ref, `one of ${known()}`);
  if (edits === undefined) return base;
  const changed = edits.split(',').reduce((release, edit) => {
    const [, check, need] = /^(early|move)=(off|\d+)$/.exec(edit) ?? [];
    if (check === undefined) {
      throw new UnknownRelease(ref, `early=N, move=N, early=off or move=off in the brackets`);
    }
    const name = CHECKS[check];
    if (!release.calls.mremap.some((step) => step.name === name)) {
      throw new UnknownRelease(ref, `checks that ${base.id} has; it has no ${name}`);
    }
    return withHeadroom(release, check, need === 'off' ? 'off' : Number(need));
  }, base);
  return { ...changed, id: ref, changes: `As ${base.id}, with ${edits}.`, kernels: [] };
}
