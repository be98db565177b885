import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The path of a new, empty folder. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'mremap-check-'));
