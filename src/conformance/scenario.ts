import * as t from 'io-ts';
import { match } from 'ts-pattern';
import { BadInput } from '../input/bad-input.js';
import { exactly, oneOf, wholeNumber } from '../input/codecs.js';
import { decode, parseJson } from '../input/decode.js';
import { type Call, FLAG_NAMES, flagBits } from '../model/calls.js';
import { type KindName, MAX_PAGES, Prot, type ProtName } from '../model/vma.js';

const page = wholeNumber(0, MAX_PAGES - 1, 'a page');
const length = wholeNumber(0, MAX_PAGES, 'a length in pages');
const positive = wholeNumber(1, MAX_PAGES, 'a length in pages');
const prot = oneOf(Object.keys(Prot) as ProtName[], 'a protection');
/** Kinds that a process without privileges can map, on a machine without huge pages. */
const KINDS = ['anon', 'fpriv', 'fshared', 'shm', 'ramfs'] as const satisfies readonly KindName[];
const kind = oneOf(KINDS, 'a kind');
const FLAGS = FLAG_NAMES.filter((name) => name !== 'UNKNOWN');

const range = { addr: page, len: positive };
const CALLS = {
  mmap: exactly({ call: t.literal('mmap'), ...range, kind, prot, offset: page }, 'mmap'),
  touch: exactly({ call: t.literal('touch'), ...range }, 'touch'),
  munmap: exactly({ call: t.literal('munmap'), ...range }, 'munmap'),
  mprotect: exactly({ call: t.literal('mprotect'), ...range, prot }, 'mprotect'),
  mlock: exactly({ call: t.literal('mlock'), ...range }, 'mlock'),
  munlock: exactly({ call: t.literal('munlock'), ...range }, 'munlock'),
  mseal: exactly({ call: t.literal('mseal'), ...range }, 'mseal'),
  mremap: exactly(
    {
      call: t.literal('mremap'),
      addr: page,
      oldLen: length,
      newLen: length,
      flags: t.array(oneOf(FLAGS, 'a flag')),
      newAddr: page,
    },
    'mremap',
  ),
};
type CallWord = keyof typeof CALLS;
export type ScenarioCall = t.TypeOf<(typeof CALLS)[CallWord]>;

/** Decoded by its `call` word, so that a fault is reported in the call that was meant. */
const scenarioCall = new t.Type<ScenarioCall>(
  'a call',
  (value): value is ScenarioCall => Object.values(CALLS).some((codec) => codec.is(value)),
  (value, context) => {
    const word = (value as { call?: unknown } | null)?.call;
    const known = typeof word === 'string' && Object.hasOwn(CALLS, word);
    const codec = known ? CALLS[word as CallWord] : undefined;
    if (codec === undefined) {
      return t.failure(value, context, `a call, one of ${Object.keys(CALLS).join(', ')}`);
    }
    return codec.validate(value, context);
  },
  t.identity,
);

const scenarioCodec = exactly(
  {
    id: t.string,
    pages: wholeNumber(1, MAX_PAGES, 'the pages of the window'),
    headroom: wholeNumber(0, 1_000_000, 'a headroom in map slots'),
    setup: t.array(scenarioCall),
    calls: t.array(scenarioCall),
  },
  'a scenario',
);

/** A small address-space window, a limit, and a few system calls; all lengths in pages. */
export type Scenario = t.TypeOf<typeof scenarioCodec>;

function checkInWindow(scenario: Scenario, where: string): void {
  for (const list of ['setup', 'calls'] as const) {
    scenario[list].forEach((call, i) => {
      const end = call.addr + (call.call === 'mremap' ? 1 : call.len);
      const last = call.call === 'mremap' ? Math.max(end, call.newAddr + 1) : end;
      if (last > scenario.pages) {
        throw new BadInput(
          `${where}: .${list}[${i}]: found page ${last - 1}, expected pages of the window, 0 to ${scenario.pages - 1}`,
        );
      }
    });
  }
}

/** One line of a scenario file; throws BadInput. */
export function parseScenario(line: string, where: string): Scenario {
  const scenario = decode(scenarioCodec, parseJson(line, where), where);
  checkInWindow(scenario, where);
  return scenario;
}

/** The call as the model knows it. */
export const modelCall = (call: ScenarioCall): Call =>
  match(call)
    .returnType<Call>()
    .with({ call: 'mremap' }, (c) => ({ ...c, flags: flagBits(c.flags) }))
    .otherwise((c) => c);
