import type { Mutant } from './mutants.js';

const INTRODUCTION = `# Mutants

Each row is a release with one defect, and what tells it from the release as it
is. A name alone is an invariant: the mutant breaks it in a small search in which
the original keeps it. A law (\`test/mutants/*-laws.ts\`) is true of every release
it is about, and broken by the mutant. The records are what a kernel did: the
original agrees with all of them, the mutant does not. Others may find the
defect, too; those named must. No kind of detector is enough: many a defect has
only one that finds it. A check of the arguments that is too strict, or a merge
that does not happen, breaks no invariant; the records do not show a flag, an
offset or an anon_vma that no later call brings to light; and most laws say
nothing of what happens near the limit. What nothing finds has its reason: no
caller can tell it from the original.

\`test/mutants\` makes every mutant and fails where one is not caught as it says
here. This file is written by it: \`UPDATE_DOCS=1 npx vitest run test/mutants\`.
`;

const cell = (text: string): string => text.replaceAll('|', '\\|');

const rowOf = ({ what, release, category, caughtBy, survives }: Mutant): string => {
  const by = survives === undefined ? caughtBy.join('; ') : `nothing: ${survives}`;
  return `| ${[release, category, what, by].map(cell).join(' | ')} |`;
};

/** docs/mutants.md as it has to be. */
export function mutantsDocument(mutants: readonly Mutant[]): string {
  const survivors = mutants.filter(({ survives }) => survives !== undefined).length;
  const releases = new Set(mutants.map(({ release }) => release)).size;
  return [
    INTRODUCTION,
    `${mutants.length} mutants of ${releases} releases; ${survivors} cannot be caught.`,
    '',
    '| release | kind | defect | caught by |',
    '| --- | --- | --- | --- |',
    ...mutants.map(rowOf),
    '',
  ].join('\n');
}
