import { randomUUID } from 'node:crypto';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';

/** A name in the same folder that no other writer has, so that what is written there can be renamed to the file. */
export const nameBeside = (file: string): string => `${file}.${randomUUID()}.new`;

/**
 * Writes a file in one piece, in place of one that is there: nobody sees a part of it. Throws what the
 * system says; then what was there is as it was. A link is replaced, not what it leads to.
 */
export function writeWhole(file: string, text: string): void {
  const beside = nameBeside(file);
  try {
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (error) {
    if (existsSync(beside)) rmSync(beside);
    throw error;
  }
}
