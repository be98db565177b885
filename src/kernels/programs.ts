import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** The file that a shell would run for this word: itself if it is a path, else as PATH has it; undefined if there is none. */
export function programFile(word: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const files = word.includes('/') ? [word] : folders.map((folder) => join(folder, word));
  return files.find(isProgram);
}
