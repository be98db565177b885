import * as t from 'io-ts';
import { BadInput } from '../input/bad-input.js';
import { outsideOf, writtenCall } from '../input/call.js';
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

function checkInWindow(scenario: Scenario, where: string): void {
  for (const list of ['setup', 'calls'] as const) {
    scenario[list].forEach((call, i) => {
      const outside = outsideOf(call, scenario.pages);
      if (outside !== undefined) {
        throw new BadInput(
          `${where}: .${list}[${i}]: found ${outside}, expected pages of the window, 0 to ${scenario.pages - 1}`,
        );
      }
    });
  }
}

/** A scenario from JSON; throws BadInput. */
export function scenarioFrom(value: unknown, where: string): Scenario {
  const scenario = decode(scenarioCodec, value, where);
  checkInWindow(scenario, where);
  return scenario;
}

/** One line of a scenario file; throws BadInput. */
export const parseScenario = (line: string, where: string): Scenario =>
  scenarioFrom(parseJson(line, where, 'a scenario as JSON, all of it in one line'), where);
