import { BadInput } from '../input/bad-input.js';
import type { ExpectedClass } from './spec.js';

const nameOf = ({ shape, from, to }: ExpectedClass): string => `${shape}: ${from} -> ${to}`;

/** What no codec of one field sees in the classes that a comparison expects. Throws BadInput. */
export function checkExpectedClasses(expect: readonly ExpectedClass[], where: string): void {
  const seen = new Map<string, number>();
  expect.forEach((one, k) => {
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
