/**
 * The version of a kernel with the number of a release candidate, which some distributions leave out of
 * it: `7.3-cloud-amd64`, built as `Debian 7.3~rc7-1`, is `7.3-rc7-cloud-amd64`.
 *
 * @param version as `uname -r` says
 * @param build as `uname -v` says
 */
export function fullVersion(version: string, build: string): string {
  const mainline = /^\d+\.\d+(\.\d+)?/.exec(version)?.[0];
  if (mainline === undefined || /-rc\d/.test(version)) return version;
  const escaped = mainline.replaceAll('.', '\\.');
  const candidate = new RegExp(`\\b${escaped}[~-]rc(\\d+)`).exec(build)?.[1];
  return candidate === undefined
    ? version
    : `${mainline}-rc${candidate}${version.slice(mainline.length)}`;
}
