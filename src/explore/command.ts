import { BadInput } from '../input/bad-input.js';
import { callParts, parseCall, type WrittenParts } from '../input/call-text.js';
import type { Call } from '../model/calls.js';
import type { Release } from '../model/release.js';

/** What a line asks for. */
export type Command =
  | { readonly do: 'call'; readonly calls: readonly Call[] }
  | { readonly do: 'choose'; readonly number: number }
  | { readonly do: 'calls'; readonly pattern: WrittenParts; readonly filter: readonly string[] }
  | { readonly do: 'undo' | 'redo'; readonly times: number }
  | { readonly do: 'release'; readonly release: Release }
  | { readonly do: 'beside'; readonly release: Release | undefined }
  | { readonly do: 'limit' | 'headroom'; readonly value: number | undefined }
  | { readonly do: 'save'; readonly file: string; readonly id: string | undefined }
  | { readonly do: 'show'; readonly what: 'steps' | 'releases' | 'help' | 'history' }
  | { readonly do: 'page'; readonly by: number }
  | { readonly do: 'quit' };

type CommandWord = Exclude<Command['do'], 'call' | 'choose' | 'show' | 'page'>;

interface Word {
  readonly key: string;
  readonly form: string;
  readonly says: string;
}

/** The words of commands, each with its short form, in the order of the help. */
export const COMMANDS = {
  calls: { key: 'c', form: 'calls [PATTERN] [WORDS]', says: 'calls to choose from, by outcome' },
  undo: { key: 'u', form: 'undo [N]', says: 'take back the last call, or switch' },
  redo: { key: 'y', form: 'redo [N]', says: 'make it again' },
  release: { key: 'r', form: 'release [R]', says: 'play everything on another release' },
  beside: { key: 'd', form: 'beside R|off', says: 'show what another release makes of it' },
  limit: { key: 'l', form: 'limit N|off', says: 'max_map_count, behind what was called so far' },
  headroom: { key: 'h', form: 'headroom N|off', says: 'the same, in map slots left' },
  save: { key: 's', form: 'save FILE [ID]', says: 'add a scenario to a file' },
  steps: { key: 't', form: 'steps', says: 'all steps of the last call' },
  history: { key: 'a', form: 'history', says: 'all calls so far' },
  help: { key: '?', form: 'help', says: 'this' },
  quit: { key: 'q', form: 'quit', says: 'end' },
} as const satisfies Record<CommandWord | 'steps' | 'history' | 'help', Word>;

/** The release that a reference names; the second argument is where it stands, for messages. */
export type ReleaseNamed = (ref: string, where: string) => Release;

/** Of a limit and a headroom, as in scenarios. */
const MOST = 1_000_000;

/** A whole number, or `otherwise` where there is none. */
function wholeNumber(word: string, text: string | undefined, otherwise?: number): number {
  if (text === undefined && otherwise !== undefined) return otherwise;
  if (text === undefined || !/^\d+$/.test(text) || Number(text) > MOST) {
    throw new BadInput(
      `${word}: found ${text ?? 'nothing'}, expected a whole number from 0 to ${MOST}`,
    );
  }
  return Number(text);
}

function atMost(word: string, args: readonly string[], most: number): void {
  if (args.length <= most) return;
  const { form } = COMMANDS[word as keyof typeof COMMANDS];
  throw new BadInput(`${word}: found "${args[most]}" too much, expected ${form}`);
}

/** `calls`, `calls munmap`, `calls mremap(0, *) ENOMEM`. */
function callsCommand(rest: string): Command {
  const [, pattern = '', filter = ''] =
    /^(\w+\s*\([^()]*\)|(?:mmap|touch|munmap|mprotect|mlock|munlock|mseal|uffd|mremap)\b)?\s*(.*)$/.exec(
      rest,
    ) ?? [];
  const written = pattern === '' ? 'mremap()' : pattern.includes('(') ? pattern : `${pattern}()`;
  const words = filter.split(/\s+/).filter((word) => word !== '');
  return { do: 'calls', pattern: callParts(written), filter: words };
}

function limitCommand(word: 'limit' | 'headroom', text: string | undefined): Command {
  return { do: word, value: text === 'off' ? undefined : wholeNumber(word, text) };
}

function besideCommand(ref: string | undefined, named: ReleaseNamed): Command {
  return {
    do: 'beside',
    release: ref === undefined || ref === 'off' ? undefined : named(ref, 'beside'),
  };
}

function saveCommand(file: string | undefined, id: string | undefined): Command {
  if (file === undefined) throw new BadInput('save: found nothing, expected save FILE [ID]');
  return { do: 'save', file, id };
}

function wordOf(text: string): keyof typeof COMMANDS {
  const entry = Object.entries(COMMANDS).find(([word, { key }]) => word === text || key === text);
  if (entry !== undefined) return entry[0] as keyof typeof COMMANDS;
  throw new BadInput(
    `found "${text}", expected a call such as mmap(0, 2, anon rw), or a command; ? lists both`,
  );
}

/**
 * The command of a line, or undefined for a blank one; several calls are parted by semicolons. Throws
 * BadInput.
 */
export function parseCommand(line: string, named: ReleaseNamed): Command | undefined {
  const text = line.trim();
  if (text === '') return undefined;
  if (/^\w+\s*\(/.test(text)) {
    const calls = text.split(';').filter((one) => one.trim() !== '');
    return { do: 'call', calls: calls.map(parseCall) };
  }
  if (/^\d+$/.test(text)) return { do: 'choose', number: wholeNumber('choice', text) };
  if (text === '+' || text === '-') return { do: 'page', by: text === '+' ? 1 : -1 };
  const [first = '', ...args] = text.split(/\s+/);
  const word = wordOf(first);
  if (word === 'calls') return callsCommand(text.slice(first.length).trim());
  atMost(
    word,
    args,
    word === 'save' ? 2 : ['steps', 'history', 'help', 'quit'].includes(word) ? 0 : 1,
  );
  const [arg, second] = args;
  switch (word) {
    case 'undo':
    case 'redo':
      return { do: word, times: wholeNumber(word, arg, 1) };
    case 'release':
      if (arg === undefined) return { do: 'show', what: 'releases' };
      return { do: word, release: named(arg, 'release') };
    case 'beside':
      return besideCommand(arg, named);
    case 'limit':
    case 'headroom':
      return limitCommand(word, arg);
    case 'save':
      return saveCommand(arg, second);
    case 'quit':
      return { do: word };
    default:
      return { do: 'show', what: word };
  }
}
