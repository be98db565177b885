import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One thing that a page tells its reader to do. */
export type Deed =
  | { readonly does: 'write'; readonly file: string; readonly text: string }
  | { readonly does: 'change'; readonly file: string; readonly was: string; readonly is: string }
  | { readonly does: 'run'; readonly command: string; readonly prints: readonly string[] };

/** A fenced block, and the last file that the text before it names. */
const BLOCK = /^```(\w+)\n(.*?)^```$/gms;

/** The lines of a diff that there are before it, or behind it. */
const side = (lines: readonly string[], drops: '+' | '-'): string =>
  lines
    .filter((line) => line[0] !== drops)
    .map((line) => line.slice(1))
    .join('\n');

/** `$ command`, and below it lines that it prints among others; `...` stands for any. */
function commands(text: string): Deed[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...prints] = part.trimEnd().split('\n');
      const shown = prints.map((line) => line.trim()).filter((line) => !['', '...'].includes(line));
      return { does: 'run', command, prints: shown };
    });
}

/**
 * What a page tells its reader to do, in order: a block of code is a new file, a diff changes one; both
 * belong to the file that the last line of text before them names. A `console` block is run. Blocks in
 * other languages, `text` among them, are there to be read.
 */
export function deedsOf(page: string): Deed[] {
  return [...page.matchAll(BLOCK)].flatMap((block): Deed[] => {
    const [, language = '', text = ''] = block;
    if (language === 'console') return commands(text);
    if (!['ts', 'json', 'diff'].includes(language)) return [];
    const [file] = /[^`]+(?=`[^`]*$)/.exec(page.slice(0, block.index).trimEnd()) ?? [];
    if (file === undefined) throw new Error(`a block without a file: ${text.slice(0, 60)}`);
    if (language !== 'diff') return [{ does: 'write', file, text }];
    const lines = text.trimEnd().split('\n');
    return [{ does: 'change', file, was: side(lines, '+'), is: side(lines, '-') }];
  });
}

/** Changes a file of a folder; what is to be changed must be there, once. */
export function change(folder: string, { file, was, is }: Extract<Deed, { does: 'change' }>): void {
  const path = join(folder, file);
  const parts = `\n${readFileSync(path, 'utf8')}`.split(`\n${was}\n`);
  if (parts.length !== 2) {
    throw new Error(`${file}: found ${parts.length - 1} times, expected once:\n${was}`);
  }
  writeFileSync(path, parts.join(`\n${is}\n`).slice(1));
}
