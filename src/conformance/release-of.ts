import type { Release } from '../model/release.js';
import { knownReleases, releaseById, releases } from '../model/releases/index.js';

const RELEASED = Number.POSITIVE_INFINITY;

interface Version {
  /** As releases name kernels that they are known by: `6.18.15`, `7.3-rc7`. */
  readonly bare: string;
  readonly mainline: string;
  /** Number of the candidate; a version that is out comes after all of these. */
  readonly candidate: number;
}

function parsed(version: string): Version | undefined {
  // Up to 2.6 it took three numbers to name a release.
  const [, numbers, mainline, candidate] =
    /^v?((2\.6\.\d+|\d+\.\d+)(?:\.\d+)*)(?:-rc(\d+))?/.exec(version) ?? [];
  if (numbers === undefined || mainline === undefined) return undefined;
  return candidate === undefined
    ? { bare: numbers, mainline, candidate: RELEASED }
    : { bare: `${mainline}-rc${candidate}`, mainline, candidate: Number(candidate) };
}

/** Whether the release stands for this candidate by name; most stand for the candidates of their mainline release unsaid. */
function names({ covers }: Release, { mainline, candidate }: Version): boolean {
  const [first, last] = [parsed(covers.first), parsed(covers.last)];
  if (first?.mainline !== mainline || last?.mainline !== mainline) return false;
  return first.candidate <= candidate && candidate <= last.candidate;
}

/**
 * The release that a kernel is expected to behave as, by what `uname -r` says there: `6.12.107+deb13-amd64`,
 * `7.3.0-rc7`, or a release of the model and its variants. A kernel that a release is known by comes before
 * what its number says: 7.3-rc7 was still as 7.2.11. Undefined for one that none stands for.
 */
export function releaseOf(version: string): Release | undefined {
  const wanted = parsed(version);
  if (wanted === undefined) return undefined;
  const { bare, mainline, candidate } = wanted;
  const isCandidate = candidate !== RELEASED;
  // 7.2, and its candidates, are not what 7.2 came to be in its stable releases.
  const first = isCandidate || bare === mainline ? `${mainline}.0` : bare;
  return (
    knownReleases.find(({ kernels }) => kernels.includes(bare)) ??
    (isCandidate ? releases.find((release) => names(release, wanted)) : undefined) ??
    releaseById(version.startsWith('v') ? `v${bare}` : first)
  );
}
