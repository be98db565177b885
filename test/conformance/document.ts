import type { ConformRecord } from '../../src/conformance/records.js';
import { workText } from '../../src/report/conform-text.js';
import { grouped } from '../../src/report/words.js';

const INTRODUCTION = `# Kernels beside the model

What \`mremap-check conform\` found on real kernels: the same scenarios on a kernel
and on the release of the model that stands for its version, compared call by
call. Each run is of one kernel, one release and one set of scenarios; a run
with the same seed can be repeated.

A field agrees if it is equal behind every call up to the first that differs.
\`live\` is the kernel that ran the tool, \`uml\` user-mode Linux, \`image\` a kernel
image under QEMU, \`model\` a release that plays the kernel. Debian's kernels have a
name behind their version; those that have none were built from the sources of
that version, with a small configuration.

This file is written by a test from [conformance.json](conformance.json), to
which \`mremap-check conform --out docs/conformance.json\` adds a run:
\`UPDATE_DOCS=1 npx vitest run test/conformance/document.test.ts\`.
`;

/** \`all fields\`, or those that do not agree, with the calls in which they do. */
function agreementText({ fields, classes }: ConformRecord): string {
  const partly = fields.filter(({ compared, equal }) => equal < compared);
  const hidden = fields.filter(({ hidden: times, compared }) => times > 0 && compared === 0);
  const unseen =
    hidden.length === 0 ? '' : `; not shown: ${hidden.map(({ field }) => field).join(', ')}`;
  if (classes === 0) return `100 %${unseen}`;
  const shares = partly.map(
    ({ field, equal, compared }) => `${field} ${grouped(equal)} of ${grouped(compared)}`,
  );
  return `${shares.join(', ')}${unseen}`;
}

const rowText = (record: ConformRecord): string => {
  const { version, kernel, release, work, scenarios, notCompared, date } = record;
  const left = notCompared === 0 ? '' : ` (${grouped(notCompared)} left out)`;
  const cells = [
    version,
    kernel,
    release,
    workText(work),
    `${grouped(scenarios)}${left}`,
    agreementText(record),
    date,
  ];
  return `| ${cells.join(' | ')} |`;
};

const HEAD = `| kernel | how | release | scenarios | compared | agreement | date |
| --- | --- | --- | --- | --- | --- | --- |`;

/** docs/conformance.md as it has to be. */
export const conformanceDocument = (records: readonly ConformRecord[]): string =>
  [
    INTRODUCTION,
    records.length === 0 ? 'No run has been kept yet.' : [HEAD, ...records.map(rowText)].join('\n'),
    '',
  ].join('\n');
