import type { FoundKernel } from '../conformance/found-kernel.js';
import type { Style } from './style.js';

const UNKNOWN = '-';

function columns({ name, version, release, missing }: FoundKernel): string[] {
  const behaves =
    release !== undefined ? `as ${release}` : version === undefined ? UNKNOWN : 'as no release';
  return [name, version ?? UNKNOWN, behaves, missing ?? ''];
}

/** A line for each kernel: what `--kernel` takes, its version, the release that it is expected to behave as. */
export function kernelsText(kernels: readonly FoundKernel[], { bold, dim }: Style): string {
  const rows = kernels.map(columns);
  const width = (column: number) => Math.max(...rows.map((row) => (row[column] ?? '').length));
  return rows
    .map(([name = '', version = '', behaves = '', missing = '']) =>
      [
        bold(name.padEnd(width(0))),
        version.padEnd(width(1)),
        behaves.padEnd(missing === '' ? 0 : width(2)),
        ...(missing === '' ? [] : [dim(missing)]),
      ].join('  '),
    )
    .join('\n');
}
