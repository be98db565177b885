import { changed, dropped, sameNeeds } from '../edits.js';
import { coverage, type Release } from '../release.js';
import { knownReleases, releaseById } from './index.js';

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

const byVersion = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** The releases before and behind a version; for anything else the newest, as there are too many for a message. */
function near(ref: string): string {
  const [, version] = /^v?(\d[\w.-]*)/.exec(ref) ?? [];
  const all = [...knownReleases].sort((a, b) => byVersion(a.covers.first, b.covers.first));
  const next = all.findIndex(
    ({ covers }) => version !== undefined && byVersion(covers.first, version) > 0,
  );
  const around = next < 0 ? all.slice(-2) : all.slice(Math.max(0, next - 1), next + 1);
  return around.map((release) => `${release.id} (${coverage(release)})`).join(', ');
}

const UNKNOWN = 'early=N, move=N, early=off or move=off in the brackets, N of up to six digits';

/**
 * The release with other count checks, as brackets say: `early=off,move=2`. A check asks for the headroom
 * that is given, with DONTUNMAP too. Throws UnknownRelease.
 *
 * @param ref the whole reference
 */
export function withVariant(base: Release, edits: string, ref: string): Release {
  const needs = new Map<string, string>();
  for (const edit of edits.split(',')) {
    const [, check, need] = /^(early|move)=(off|\d{1,6})$/.exec(edit) ?? [];
    if (check === undefined || need === undefined) throw new UnknownRelease(ref, UNKNOWN);
    if (needs.has(check)) throw new UnknownRelease(ref, `${check} once in the brackets`);
    needs.set(check, need === 'off' ? need : `${Number(need)}`);
  }
  const inOrder = [...needs].sort(([a], [b]) => (a < b ? -1 : 1));
  const variant = inOrder.reduce((release, [check, need]) => {
    const name = CHECKS[check] as string;
    const step = release.calls.mremap.find((one) => one.name === name);
    if (step === undefined) {
      throw new UnknownRelease(ref, `checks that ${base.id} has; it has no ${name}`);
    }
    if (need === 'off') return dropped('mremap', name)(release);
    const count = { need: Number(need) };
    return step.count !== undefined && sameNeeds(step.count, count)
      ? release
      : changed('mremap', name, { count })(release);
  }, base);
  // However it was written: what is the same has the same name.
  const written = inOrder.map(([check, need]) => `${check}=${need}`).join();
  const id = `${base.id}[${written}]`;
  return { ...variant, id, base, changes: `As ${base.id}, with ${written}.`, kernels: [] };
}

/** A reference, and what stands in brackets behind it. */
export function bracketed(ref: string): { readonly plain: string; readonly edits?: string } {
  const [, plain, edits] = /^(.*?)(?:\[([^[\]]*)\])?$/s.exec(ref) ?? [];
  return edits === undefined ? { plain: ref } : { plain: plain as string, edits };
}

/**
 * A release by its reference: an id such as `v6.12`, or one with other count checks, such as
 * `v5.1[early=off,move=2]`. Throws UnknownRelease.
 */
export function releaseByRef(ref: string): Release {
  const { plain, edits } = bracketed(ref);
  const base = releaseById(plain);
  if (base === undefined) {
    throw new UnknownRelease(
      ref,
      `one of those that mremap-check releases lists, such as ${near(plain)}`,
    );
  }
  return edits === undefined ? base : withVariant(base, edits, ref);
}
