import fc from 'fast-check';
import { parseCommand } from '../../src/explore/command.js';
import { obey, type Session, type SessionCommand, start } from '../../src/explore/session.js';
import { BadInput } from '../../src/input/bad-input.js';
import { callText } from '../../src/model/call-text.js';
import { machine } from '../../src/model/plan.js';
import { releases } from '../../src/model/releases/index.js';
import { releaseByRef } from '../../src/model/releases/variant.js';
import { ModelLimitError } from '../../src/model/vma.js';
import { calls, oddMremapCalls, plainCalls } from '../support/arbitraries.js';
import { release } from '../support/releases.js';

/** What a line asks of a session; throws where it asks for something else, or for nothing. */
export function asked(line: string): SessionCommand {
  const command = parseCommand(line, (ref) => releaseByRef(ref));
  if (command === undefined || command.do === 'quit' || command.do === 'save') {
    throw new Error(`${line} asks nothing of a session`);
  }
  return command;
}

/** A session after these lines, each of which must be obeyed. */
export const typing = (id: string, pages: number, ...lines: readonly string[]): Session =>
  lines.reduce((session, line) => obey(session, asked(line)), start(pages, machine(release(id))));

/** The session after a line, or as it was where the line is refused, as a user may be. */
export function tried(session: Session, line: string): Session {
  try {
    return obey(session, asked(line));
  } catch (error) {
    if (error instanceof BadInput || error instanceof ModelLimitError) return session;
    throw error;
  }
}

const ids = fc.constantFrom(...releases.map(({ id }) => id));
const few = fc.nat(9);

/** Lines with calls of any kind, or of the kinds that a scenario can say. */
const callLines = (pages: number, kinds: 'any' | 'plain' = 'any'): fc.Arbitrary<string> =>
  (kinds === 'any' ? fc.oneof(calls(pages), oddMremapCalls(pages)) : plainCalls(pages)).map(
    callText,
  );

/** Lines that another moment comes of, if they are obeyed. */
export const changes = (pages: number, kinds: 'any' | 'plain' = 'any'): fc.Arbitrary<string> =>
  fc.oneof(
    { arbitrary: callLines(pages, kinds), weight: 8 },
    { arbitrary: few.map((n) => `headroom ${n}`), weight: 1 },
    { arbitrary: few.map((n) => `limit ${n}`), weight: 1 },
    { arbitrary: ids.map((id) => `release ${id}`), weight: 1 },
    { arbitrary: ids.map((id) => `beside ${id}`), weight: 1 },
    { arbitrary: fc.constantFrom('limit off', 'beside off'), weight: 1 },
  );

/** Any lines, as many as a user may type. */
export const manyLines = (pages: number): fc.Arbitrary<string[]> =>
  fc.array(
    fc.oneof(
      { arbitrary: changes(pages), weight: 8 },
      {
        arbitrary: fc.constantFrom('u', 'u 3', 'y', 'history', 'release', 'help', 'steps'),
        weight: 2,
      },
      { arbitrary: fc.constantFrom('+', '-', 'calls munmap', 'c mlock', '1', '2'), weight: 2 },
    ),
    { maxLength: 12 },
  );
