import { CALL_WORDS, KIND_WORDS, PROT_WORDS } from '../input/call-text.js';
import { FLAG_NAMES } from '../model/calls.js';
import { knownReleases } from '../model/releases/index.js';
import { COMMANDS } from './command.js';

/** What may stand where a line ends: an argument of a call, a release, or a command or call. */
function wordsFor(before: string): readonly string[] {
  if (before.lastIndexOf('(') > before.lastIndexOf(')')) {
    return [...KIND_WORDS, ...PROT_WORDS, ...FLAG_NAMES];
  }
  const word = before.trim();
  if (['release', 'r', 'beside', 'd'].includes(word)) return knownReleases.map(({ id }) => id);
  const calls = CALL_WORDS.map((call) => `${call}(`);
  if (word === 'calls' || word === 'c') return calls;
  return word === '' || word.endsWith(';') ? [...Object.keys(COMMANDS), ...calls] : [];
}

/** Words that continue the last one of a line, with that, as node:readline asks for them. */
export function completions(line: string): [string[], string] {
  const [last = ''] = /[\w.-]*$/.exec(line) ?? [];
  const words = wordsFor(line.slice(0, line.length - last.length));
  return [words.filter((word) => word.startsWith(last)), last];
}
