import { type Call, FLAG_NAMES, type FlagName, flagBits } from '../model/calls.js';
import { isFile, Kind, type KindName, MAX_PAGES, Prot, type ProtName } from '../model/vma.js';
import { BadInput } from './bad-input.js';

/** Each call with its arguments, as it is written; what is in brackets may be left out. */
export const CALL_FORMS = {
  mmap: 'mmap(addr, len, kind prot[, offset n])',
  touch: 'touch(addr, len)',
  munmap: 'munmap(addr, len)',
  mprotect: 'mprotect(addr, len, prot)',
  mlock: 'mlock(addr, len)',
  munlock: 'munlock(addr, len)',
  mseal: 'mseal(addr, len)',
  uffd: 'uffd(addr, len)',
  mremap: 'mremap(addr, old len, new len[, flags[, new addr]])',
} as const satisfies Record<Call['call'], string>;

type CallWord = keyof typeof CALL_FORMS;
export const CALL_WORDS = Object.keys(CALL_FORMS) as readonly CallWord[];
const isCallWord = (word: string): word is CallWord => Object.hasOwn(CALL_FORMS, word);

export const KIND_WORDS = Object.keys(Kind) as readonly KindName[];
export const PROT_WORDS = Object.keys(Prot) as readonly ProtName[];

/** A call taken apart: `name(argument, argument)`. */
export interface WrittenParts {
  readonly word: CallWord;
  readonly args: readonly string[];
}

/** Takes a written call apart; what follows ` = ` is what it returned in a report. Throws BadInput. */
export function callParts(text: string): WrittenParts {
  const [, word = '', inner = ''] = /^\s*(\w+)\s*\(([^()]*)\)\s*(?:=.*)?$/.exec(text) ?? [];
  if (word === '') {
    throw new BadInput(`found "${text.trim()}", expected a call such as mremap(0, 2, 2, 0, 0)`);
  }
  if (!isCallWord(word)) {
    throw new BadInput(`found ${word}, expected a call, one of ${CALL_WORDS.join(', ')}`);
  }
  const args = inner.trim() === '' ? [] : inner.split(',').map((arg) => arg.trim());
  return { word, args };
}

/** The arguments of one call, taken one by one; every message shows how the call is written. */
class Arguments {
  private next = 0;

  constructor(private readonly parts: WrittenParts) {}

  fault(what: string, found: string | undefined, expected: string): BadInput {
    const { word } = this.parts;
    const shown = found === undefined || found === '' ? 'nothing' : `"${found}"`;
    return new BadInput(
      `${word}: ${what}: found ${shown}, expected ${expected}, as in ${CALL_FORMS[word]}`,
    );
  }

  take(): string | undefined {
    return this.parts.args[this.next++];
  }

  pages(what: string, least: number, options: { half?: true; otherwise?: number } = {}): number {
    const text = this.take();
    if (text === undefined && options.otherwise !== undefined) return options.otherwise;
    const value = Number(text);
    const form = options.half === true ? /^\d+(\.5)?$/ : /^\d+$/;
    if (text === undefined || !form.test(text) || value < least || value > MAX_PAGES) {
      const unit = options.half === true ? 'pages or halves of pages' : 'pages';
      throw this.fault(what, text, `${unit} from ${least} to ${MAX_PAGES}`);
    }
    return value;
  }

  word<W extends string>(what: string, words: readonly W[], text = this.take()): W {
    const found = words.find((one) => one === text);
    if (found === undefined) throw this.fault(what, text, `one of ${words.join(', ')}`);
    return found;
  }

  flags(): number {
    const text = this.take() ?? '0';
    if (text === '0') return 0;
    const named = (name: string): FlagName | undefined =>
      FLAG_NAMES.find((flag) => flag === name.trim().replace(/^MREMAP_/, ''));
    const names = text.split('|').map((name) => {
      const flag = named(name);
      if (flag === undefined) {
        throw this.fault('flags', name.trim(), `0, or some of ${FLAG_NAMES.join(', ')} with |`);
      }
      return flag;
    });
    return flagBits(names);
  }

  /** `anon rw`, and for a file `offset 3`, which is 0 unless it is given. */
  mapped(): { kind: KindName; prot: ProtName; offset: number } {
    const [kindWord, protWord, ...rest] = (this.take() ?? '').split(/\s+/);
    const kind = this.word('kind', KIND_WORDS, kindWord);
    const prot = this.word('protection', PROT_WORDS, protWord);
    if (rest.length > 0) throw this.fault('kind and protection', rest.join(' '), 'a comma');
    const text = this.take();
    if (text === undefined) return { kind, prot, offset: 0 };
    const [, offset] = /^offset\s+(\d+)$/.exec(text) ?? [];
    if (offset === undefined || Number(offset) > MAX_PAGES || !isFile(Kind[kind])) {
      const expected = isFile(Kind[kind]) ? `offset 0 to ${MAX_PAGES}` : 'no offset but for files';
      throw this.fault('offset', text, expected);
    }
    return { kind, prot, offset: Number(offset) };
  }

  /** Throws for an argument too many. */
  end(): void {
    const extra = this.take();
    if (extra !== undefined) throw this.fault('arguments', extra, 'no more');
  }
}

function callOf(parts: WrittenParts, args: Arguments): Call {
  const { word } = parts;
  if (word === 'mremap') {
    return {
      call: word,
      addr: args.pages('old address', 0, { half: true }),
      oldLen: args.pages('old length', 0, { half: true }),
      newLen: args.pages('new length', 0, { half: true }),
      flags: args.flags(),
      newAddr: args.pages('new address', 0, { half: true, otherwise: 0 }),
    };
  }
  const range = { addr: args.pages('address', 0), len: args.pages('length', 1) };
  if (word === 'mmap') return { call: word, ...range, ...args.mapped() };
  if (word === 'mprotect') {
    return { call: word, ...range, prot: args.word('protection', PROT_WORDS) };
  }
  return { call: word, ...range };
}

/**
 * A call in the notation of reports, such as `mremap(0, 1, 1, MAYMOVE|FIXED, 1)` or `mmap(0, 2, anon rw)`;
 * addresses and lengths in pages. Throws BadInput.
 */
export function parseCall(text: string): Call {
  const parts = callParts(text);
  const args = new Arguments(parts);
  const call = callOf(parts, args);
  args.end();
  return call;
}
