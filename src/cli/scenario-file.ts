import { parseScenario, type Scenario } from '../conformance/scenario.js';
import { inputName, readInput } from '../input/read-text.js';

/** A scenario with its place, for messages. */
export interface Line {
  readonly where: string;
  readonly scenario: Scenario;
}

/** All of a file, or of standard input (`-`), is read before anything is written; throws BadInput. */
export function readScenarios(file: string): Line[] {
  const name = inputName(file);
  return readInput(file, 'scenarios, one a line')
    .split('\n')
    .map((text, i) => ({ text, where: `${name}:${i + 1}` }))
    .filter(({ text }) => text.trim() !== '')
    .map(({ text, where }) => ({ where, scenario: parseScenario(text, where) }));
}
