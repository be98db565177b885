import { appendFileSync, existsSync } from 'node:fs';
import { parseCommand } from '../explore/command.js';
import { savedScenario } from '../explore/saved.js';
import { obey, type Session } from '../explore/session.js';
import { BadInput } from '../input/bad-input.js';
import { releaseToRun } from './release-flag.js';
import { readScenarios } from './scenario-file.js';

/** What came of a line. */
interface Answer {
  readonly session: Session;
  /** What there is to say beside what the session shows. */
  readonly says?: string;
  /** Nothing that is shown has changed. */
  readonly quiet?: true;
  readonly quit?: true;
}

/** Adds a scenario with all that was called to a file of scenarios, or makes one; throws BadInput. */
function save({ now }: Session, file: string, id: string | undefined): string {
  const before = existsSync(file) ? readScenarios(file).length : 0;
  const scenario = savedScenario(now, id ?? `explored-${before + 1}`);
  try {
    appendFileSync(file, `${JSON.stringify(scenario)}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(`${file}: cannot be written (${code}), expected a file for scenarios`);
  }
  return `${file}: scenario ${scenario.id} added`;
}

/** Does what a line asks for; throws BadInput, or ModelLimitError, and then nothing is done. */
export function answer(session: Session, line: string): Answer {
  const command = parseCommand(line, (ref, where) => releaseToRun(ref, where, { modules: true }));
  if (command === undefined) return { session, quiet: true };
  if (command.do === 'quit') return { session, quiet: true, quit: true };
  if (command.do === 'save') {
    return { session, quiet: true, says: save(session, command.file, command.id) };
  }
  return { session: obey(session, command) };
}
