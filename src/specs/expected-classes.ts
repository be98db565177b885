import { OUTCOMES, secondOutcome } from '../checker/coarse.js';
import { BadInput } from '../input/bad-input.js';
import { Errno } from '../model/errno.js';
import type { ExpectedClass } from './spec.js';

/** What may stand for what a caller sees. */
export const OUTCOME_WORDS = `ok, or one of ${Object.keys(Errno).join(', ')}, with ", address space changed" behind it where that is so`;

const nameOf = ({ shape, from, to }: ExpectedClass): string => `${shape}: ${from} -> ${to}`;

function checkFields({ from, to, headroom: [least, greatest] }: ExpectedClass, where: string) {
  if (!OUTCOMES.some((is) => secondOutcome(from, is) === to)) {
    throw new BadInput(
      `${where}.to: found ${JSON.stringify(to)}, expected ${OUTCOME_WORDS}; for what is "${from}" on both, "${secondOutcome(from, from)}"`,
    );
  }
  if (least > greatest) {
    throw new BadInput(
      `${where}.headroom: found [${least},${greatest}], expected the lesser headroom first`,
    );
  }
}

/** What no codec of one field sees in the classes that a comparison expects. Throws BadInput. */
export function checkExpectedClasses(expect: readonly ExpectedClass[], where: string): void {
  const seen = new Map<string, number>();
  expect.forEach((one, k) => {
    checkFields(one, `${where}[${k}]`);
    // Only one of two could be looked at, and the other would be as good as not there.
    const first = seen.get(nameOf(one));
    if (first !== undefined) {
      throw new BadInput(
        `${where}[${k}]: found "${nameOf(one)}" again, expected each class once, and [${first}] has it`,
      );
    }
    seen.set(nameOf(one), k);
  });
}
