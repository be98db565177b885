import type { Release } from '../model/release.js';
import { releaseById, releases } from '../model/releases/index.js';

const RELEASED = Number.POSITIVE_INFINITY;

/** `6.17-rc3` as mainline release and number of the candidate; a version that is out comes after all of these. */
function parsed(
  version: string,
): { readonly mainline: string; readonly candidate: number } | undefined {
  // Up to 2.6 it took three numbers.
  const [, mainline, candidate] =
    /^v?(2\.6\.\d+|\d+\.\d+)(?:\.\d+)*(?:-rc(\d+))?/.exec(version) ?? [];
  if (mainline === undefined) return undefined;
  return { mainline, candidate: candidate === undefined ? RELEASED : Number(candidate) };
}

/** Whether the release stands for this candidate by name; most stand for the candidates of their mainline release unsaid. */
function names({ covers }: Release, mainline: string, candidate: number): boolean {
  const [first, last] = [parsed(covers.first), parsed(covers.last)];
  if (first?.mainline !== mainline || last?.mainline !== mainline) return false;
  return first.candidate <= candidate && candidate <= last.candidate;
}

/**
 * The release that a kernel is expected to behave as, by what `uname -r` says there: `6.12.107+deb13-amd64`,
 * `7.3.0-rc7`, or a release of the model and its variants. Undefined for one that none stands for.
 */
export function releaseOf(version: string): Release | undefined {
  const wanted = parsed(version);
  if (wanted === undefined) return undefined;
  const { mainline, candidate } = wanted;
  return releases.find((release) => names(release, mainline, candidate)) ?? releaseById(mainline);
}
