import { createInterface } from 'node:readline';
import { styled } from '../explore/line.js';
import { heading, printed } from '../explore/screen.js';
import type { Session } from '../explore/session.js';
import { BadInput } from '../input/bad-input.js';
import { ModelLimitError } from '../model/vma.js';
import { Exit } from './exit.js';
import { answer } from './explorer.js';
import { results } from './streams.js';
import { note, print, stdoutStyle } from './terminal.js';

/** A command that went wrong, with its line; the commands behind it would be made elsewhere than was meant. */
function wrong(error: unknown, line: number): Exit {
  const where = `standard input:${line}`;
  if (error instanceof BadInput) throw new BadInput(`${where}: ${error.message}`);
  if (!(error instanceof ModelLimitError)) throw error;
  note(`${where}: beyond the model: ${error.message}`);
  return Exit.incomplete;
}

/**
 * Explores without a terminal: prints what the session begins with, obeys standard input line by line and
 * prints what each line leads to, behind the line itself. The first line that cannot be obeyed ends it.
 */
export async function exploreLines(start: Session): Promise<Exit> {
  const tones = stdoutStyle();
  let session = start;
  let count = 0;
  const show = (): void => {
    print(styled(heading(session.now), tones));
    for (const one of printed(session)) print(styled(one, tones));
  };
  // Of an empty window there is no more to be seen.
  if (session.past.length === 0) print(styled(heading(session.now), tones));
  else show();
  for await (const line of createInterface({ input: process.stdin })) {
    // What is read is obeyed for somebody; without an end of it this would have none either.
    if (results.unread || results.lost) return Exit.incomplete;
    count++;
    if (line.trim() !== '') print(tones.bold(`> ${line.trim()}`));
    try {
      const { session: next, says, quiet, quit } = answer(session, line);
      session = next;
      if (quit === true) return Exit.ok;
      if (says !== undefined) print(says);
      if (quiet === true) continue;
      show();
    } catch (error) {
      return wrong(error, count);
    }
  }
  return Exit.ok;
}
