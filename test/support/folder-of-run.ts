import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** All that tests and what they start leave in the system's temporary folder goes with the run. */
export default function folderOfRun(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'mremap-check-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
