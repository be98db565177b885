import * as t from 'io-ts';
import { checkInWindow, writtenCall } from '../input/call.js';
import { exactly, wholeNumber } from '../input/codecs.js';
import { decode, parseJson } from '../input/decode.js';
import { MAX_PAGES } from '../model/vma.js';

const scenarioCodec = exactly(
  {
    id: t.string,
    pages: wholeNumber(1, MAX_PAGES, 'the pages of the window'),
    headroom: wholeNumber(0, 1_000_000, 'a headroom in map slots'),
    setup: t.array(writtenCall),
    calls: t.array(writtenCall),
  },
  'a scenario',
);

/** A small address-space window, a limit, and a few system calls; all lengths in pages. */
export type Scenario = t.TypeOf<typeof scenarioCodec>;

/** A scenario from JSON; throws BadInput. */
export function scenarioFrom(value: unknown, where: string): Scenario {
  const scenario = decode(scenarioCodec, value, where);
  for (const list of ['setup', 'calls'] as const) {
    scenario[list].forEach((call, i) => {
      checkInWindow(call, scenario.pages, `${where}: .${list}[${i}]`);
    });
  }
  return scenario;
}

/** One line of a scenario file; throws BadInput. */
export const parseScenario = (line: string, where: string): Scenario =>
  scenarioFrom(parseJson(line, where, 'a scenario as JSON, all of it in one line'), where);
