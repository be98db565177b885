import { BadInput } from '../input/bad-input.js';
import type { Call } from '../model/calls.js';
import { CALL_NAMES, type CallName, type Release } from '../model/release.js';
import type { State } from '../model/state.js';
import type { Step } from '../model/step.js';
import { ModelLimitError } from '../model/vma.js';
import { patchTexts } from './reference.js';
import { breakdownText } from './sound.js';

type OfState<T> = (s: State) => T;

const released = new WeakMap<Release, Release>();

/**
 * The release, where it is a patch with steps that say which call of which patch it was when they break
 * down: as BadInput, since that is a fault of the patch. A release of the model stays as it is.
 *
 * Its steps are none that others have, by which searches know what two releases do alike: not for these.
 */
export function namingFaults(release: Release): Release {
  if (patchTexts(release).length === 0) return release;
  let named = released.get(release);
  if (named === undefined) {
    named = { ...release, calls: namingCalls(release) };
    released.set(release, named);
  }
  return named;
}

function namingCalls({ id, calls }: Release): Release['calls'] {
  const fault = (call: Call, error: unknown): unknown =>
    error instanceof ModelLimitError || error instanceof BadInput
      ? error
      : new BadInput(`${id}: ${breakdownText(call, error)}`);
  const naming =
    <T>(of: OfState<T>): OfState<T> =>
    (s) => {
      try {
        return of(s);
      } catch (error) {
        throw fault(s.call, error);
      }
    };
  const step = (one: Step): Step => {
    const { count } = one;
    const run = naming(one.run);
    if (count?.needFor === undefined) return { ...one, run };
    return { ...one, run, count: { ...count, needFor: naming(count.needFor) } };
  };
  const end = (call: CallName): Step => ({
    name: 'past-the-end',
    kernel: '',
    does: 'is never come to',
    run: (s) => {
      throw fault(s.call, new Error(`${call} ran past its last step`));
    },
  });
  return Object.fromEntries(
    CALL_NAMES.map((call) => [call, [...calls[call].map(step), end(call)]]),
  ) as unknown as Release['calls'];
}
