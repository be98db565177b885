import { BadInput } from '../input/bad-input.js';
import type { Call } from '../model/calls.js';
import { type CallName, mapCalls, type Release } from '../model/release.js';
import type { State } from '../model/state.js';
import type { MayFail, Step } from '../model/step.js';
import { ModelLimitError } from '../model/vma.js';
import { patchTexts } from './reference.js';
import { breakdownText } from './sound.js';

type OfState<T, Rest extends readonly unknown[]> = (s: State, ...rest: Rest) => T;

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
    <T, Rest extends readonly unknown[]>(of: OfState<T, Rest>): OfState<T, Rest> =>
    (s, ...rest) => {
      try {
        return of(s, ...rest);
      } catch (error) {
        throw fault(s.call, error);
      }
    };
  const namingFailure = (one: MayFail): MayFail => ({
    ...one,
    times: naming(one.times),
    fails: naming(one.fails),
  });
  const step = (one: Step): Step => {
    const { count, mayFail } = one;
    return {
      ...one,
      run: naming(one.run),
      ...(count?.needFor && { count: { ...count, needFor: naming(count.needFor) } }),
      ...(mayFail && { mayFail: mayFail.map(namingFailure) }),
    };
  };
  const end = (call: CallName): Step => ({
    name: 'past-the-end',
    kernel: '',
    does: 'is never come to',
    run: (s) => {
      throw fault(s.call, new Error(`${call} ran past its last step`));
    },
  });
  return mapCalls(calls, (steps, call) => [...steps.map(step), end(call)]);
}
