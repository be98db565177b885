import { asking, type Edit, edited } from '../../src/model/edits.js';
import type { ErrnoName } from '../../src/model/errno.js';
import type { CallName } from '../../src/model/release.js';
import type { State } from '../../src/model/state.js';
import type { Guard, Step } from '../../src/model/step.js';

/** Edits that make a release wrong, beside those that any patch may make (`src/model/edits.ts`). */

/** The step does something else, for the same calls. */
export const running = (
  call: CallName,
  name: string,
  run: (step: Step) => (s: State) => State,
): Edit => edited(call, name, (step) => [{ ...step, run: run(step) }]);

/** What comes of a failure inside the step, which the kernel has to undo. */
export const failing = (
  call: CallName,
  name: string,
  errno: ErrnoName,
  fails: (s: State) => State,
): Edit =>
  edited(call, name, (step) => {
    const points = step.mayFail ?? [];
    if (!points.some((point) => point.errno === errno)) {
      throw new RangeError(`${name} cannot fail with ${errno}`);
    }
    const mayFail = points.map((point) => (point.errno === errno ? { ...point, fails } : point));
    return [{ ...step, mayFail }];
  });

/** The step is run also for calls that this guard kept from it. */
export const unguarded = (call: CallName, name: string, guard: Guard): Edit =>
  edited(call, name, (step) => {
    const { when = [], ...bare } = step;
    const rest = when.filter((one) => one.name !== guard.name);
    if (rest.length === when.length) throw new RangeError(`${name} is not only for ${guard.name}`);
    return [rest.length === 0 ? bare : { ...bare, when: rest }];
  });

/** The step leaves the state as it was where `skips` says so. */
export const skipped = (call: CallName, name: string, skips: (s: State) => boolean): Edit =>
  running(call, name, (step) => (s) => (skips(s) ? s : step.run(s)));

/** Something more is done when the step has changed the state. */
export const followed = (
  call: CallName,
  name: string,
  then: (after: State, before: State) => State,
): Edit =>
  running(call, name, (step) => (s) => {
    const after = step.run(s);
    return after === s ? s : then(after, s);
  });

/** The step asks for so many more map slots, or for less. */
export const askingMore = (call: CallName, name: string, more: number): Edit =>
  edited(call, name, (step) => {
    const { need = 0, needDontunmap, needLockedDontunmap } = step.count ?? {};
    const raised = {
      need: need + more,
      ...(needDontunmap === undefined ? {} : { needDontunmap: needDontunmap + more }),
      ...(needLockedDontunmap === undefined
        ? {}
        : { needLockedDontunmap: needLockedDontunmap + more }),
    };
    return [asking(step, raised)];
  });

/** The step looks at no limit. */
export const unlimited = (call: CallName, name: string): Edit => askingMore(call, name, -1000);
