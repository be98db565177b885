import { specPages } from '../docs/spec/pages.js';
import { writeDocuments } from '../docs/write.js';
import { plural } from '../report/words.js';
import { loadSpecs } from '../specs/load.js';
import { Exit } from './exit.js';
import { OWN_SPECS } from './package.js';
import { print } from './terminal.js';

export interface DocsFlags {
  readonly out?: string;
}

/** Writes the documents of the model, of the invariants and of the package's specs. */
export function docsCommand({ out = 'docs/spec' }: DocsFlags): Exit {
  const documents = specPages(loadSpecs([OWN_SPECS]));
  const { written, removed } = writeDocuments(out, documents);
  print(
    `${out}: ${plural(documents.size, 'document')}, ${written.length} written, ${removed.length} removed`,
  );
  return Exit.ok;
}
