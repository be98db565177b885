/**
 * The version of a kernel with what some distributions leave out of it and say of the build alone. The
 * number of a release candidate: `7.3-cloud-amd64`, built as `Debian 7.3~rc7-1`, is `7.3-rc7-cloud-amd64`.
 * The patch level: `6.1.0-56-amd64`, built as `Debian 6.1.192-2`, is `6.1.192-56-amd64`; and
 * `6.5.0-14-generic`, signed `Ubuntu 6.5.0-14.14-generic 6.5.3`, is `6.5.3-14-generic`.
 *
 * @param version as `uname -r` says
 * @param build as `uname -v` says, and behind it /proc/version_signature where there is one
 */
export function fullVersion(version: string, build: string): string {
  const mainline = /^\d+\.\d+(\.\d+)?/.exec(version)?.[0];
  if (mainline === undefined || /-rc\d/.test(version)) return version;
  const rest = version.slice(mainline.length);
  const of = (number: string): string => `\\b${number.replaceAll('.', '\\.')}`;
  const candidate = new RegExp(`${of(mainline)}[~-]rc(\\d+)`).exec(build)?.[1];
  if (candidate !== undefined) return `${mainline}-rc${candidate}${rest}`;
  if (!/^\d+\.\d+\.0$/.test(mainline)) return version;
  const series = mainline.replace(/\.0$/, '');
  const [, level] = [...build.matchAll(new RegExp(`${of(series)}\\.(\\d+)\\b`, 'g'))].at(-1) ?? [];
  return level === undefined ? version : `${series}.${level}${rest}`;
}
