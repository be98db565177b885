import { releaseOf } from '../../src/conformance/release-of.js';
import type { Result } from './guests.js';

/** What one kernel made of the reproducers, by their names. */
export interface KernelRun {
  readonly version: string;
  readonly date: string;
  readonly results: Readonly<Record<string, { readonly root: Result; readonly nobody: Result }>>;
}

const INTRODUCTION = `# Reproducers on real kernels

\`mremap-check trace FILE --format c\` writes a counterexample as a C program in
the shape of a kernel selftest (docs/traces.md). These were compiled without
warnings, linked statically, and run in guests: on user-mode Linux, and on
Debian's kernels under QEMU. Each ran twice, as root, where it sets
\`vm.max_map_count\`, and as nobody, where it fills up to the limit.

A reproducer is named after the release and the invariant of its
counterexample. **broken** means that it says "not ok": the kernel breaks the
promise by this call. \`kept\` means "ok", \`-\` that it was skipped, for want of
\`mseal()\` or of huge pages for one, or with Committed_AS off otherwise than on
that release. A kernel of the same release has to be broken by it; one that is
marked with \`!\` is not. The test fails where a kernel says what the model does not
say of its release.

This file is written from docs/reproducers.json by a test:

    mremap-check verify --json > report.json
    KERNEL_IMAGES=a:b TRACES=report.json UPDATE_DOCS=1 npx vitest run test/reproducers
`;

const WORDS: Readonly<Record<Result, string>> = {
  ok: 'kept',
  'not ok': '**broken**',
  skip: '-',
  'broke down': 'broke down',
};

/** `6.12.107+deb13-cloud-amd64` without what a distribution adds. */
const short = (version: string): string => version.replace(/[+-](?!rc).*$/, '');

/** The release that a reproducer is of. */
export const releaseOfName = (name: string): string => name.slice(0, name.indexOf('-'));

/** Reproducers that a kernel of their own release refutes. */
const unconfirmed = ({ version, results }: KernelRun): string[] =>
  Object.entries(results).flatMap(([name, { root, nobody }]) =>
    releaseOfName(name) === releaseOf(version)?.id &&
    [root, nobody].some((result) => result === 'ok' || result === 'broke down')
      ? [name]
      : [],
  );

/** Reproducers that one kernel of their release confirms and another kernel refutes. */
export const shownBothWays = (runs: readonly KernelRun[]): string[] => {
  const names = [...new Set(runs.flatMap(({ results }) => Object.keys(results)))];
  return names.filter((name) => {
    const own = runs.filter(({ version }) => releaseOf(version)?.id === releaseOfName(name));
    const others = runs.filter((run) => !own.includes(run));
    return (
      own.some(({ results }) => results[name]?.root === 'not ok') &&
      others.some(({ results }) => results[name]?.root === 'ok' && results[name]?.nobody === 'ok')
    );
  });
};

function cell(run: KernelRun, name: string): string {
  const result = run.results[name];
  if (result === undefined) return '';
  const alike = result.root === result.nobody;
  const word = alike
    ? WORDS[result.root]
    : `${WORDS[result.root]} (nobody: ${WORDS[result.nobody]})`;
  return unconfirmed(run).includes(name) ? `${word} !` : word;
}

export function reproducersDocument(runs: readonly KernelRun[]): string {
  const names = [...new Set(runs.flatMap(({ results }) => Object.keys(results)))].sort();
  const head = ['reproducer', ...runs.map(({ version }) => short(version))];
  const rows = names.map((name) => [`\`${name}\``, ...runs.map((run) => cell(run, name))]);
  const kernels = runs.map(
    ({ version, date }) =>
      `- ${version}, expected to behave as ${releaseOf(version)?.id ?? 'none'}: ${date}`,
  );
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  const both = shownBothWays(runs);
  return [
    INTRODUCTION,
    '## Results\n',
    line(head),
    line(head.map(() => '---')),
    ...rows.map(line),
    '',
    `${both.length} of these, of ${new Set(both.map(releaseOfName)).size} releases, are broken on a kernel of their release and kept on another kernel.`,
    '',
    '## Kernels\n',
    ...kernels,
    '',
  ].join('\n');
}
