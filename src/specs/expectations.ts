import { BadInput } from '../input/bad-input.js';
import type { Expectation } from './spec.js';

/** Throws BadInput where something is expected twice: two verdicts on it could not both be right. */
export function checkExpectations(
  expect: readonly Pick<Expectation, 'invariant' | 'releases'>[],
  where: string,
): void {
  const seen = new Map<string, number>();
  expect.forEach(({ invariant, releases }, k) => {
    releases.forEach((release, i) => {
      const name = `${invariant} on ${release}`;
      const first = seen.get(name);
      if (first !== undefined) {
        throw new BadInput(
          `${where}[${k}].releases[${i}]: found "${name}" again, expected each invariant once on a release, and [${first}] has it`,
        );
      }
      seen.set(name, k);
    });
  });
}
