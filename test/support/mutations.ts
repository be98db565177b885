import type { ErrnoName } from '../../src/model/errno.js';
import type { CallName, Release } from '../../src/model/release.js';
import type { State } from '../../src/model/state.js';
import type { Guard, Step } from '../../src/model/step.js';

/** A change of one call of a release. All name the steps they are about, and throw where one is not there. */
export type Mutation = (of: Release) => Release;

/** The steps of a call replaced; throws where nothing would be different. */
function withSteps(of: Release, call: CallName, steps: readonly Step[]): Release {
  const was = of.calls[call];
  if (steps.length === was.length && steps.every((step, i) => step === was[i])) {
    throw new RangeError(`${call} of ${of.id} is what it was`);
  }
  return { ...of, calls: { ...of.calls, [call]: steps } };
}

const placesOf = (of: Release, call: CallName, name: string): number[] => {
  const places = of.calls[call].flatMap((step, i) => (step.name === name ? [i] : []));
  if (places.length === 0) throw new RangeError(`${call} of ${of.id} has no step ${name}`);
  return places;
};

/** The one place of a step; throws where there are several. */
const placeOf = (of: Release, call: CallName, name: string): number => {
  const [place, another] = placesOf(of, call, name);
  if (another !== undefined) throw new RangeError(`${call} of ${of.id} has ${name} twice`);
  return place as number;
};

/** Every step of this name replaced by others. */
const edited =
  (call: CallName, name: string, replace: (step: Step) => readonly Step[]): Mutation =>
  (of) => {
    const places = new Set(placesOf(of, call, name));
    const steps = of.calls[call].flatMap((step, i) => (places.has(i) ? replace(step) : [step]));
    return withSteps(of, call, steps);
  };

/** The step is not there. */
export const dropped = (call: CallName, name: string): Mutation => edited(call, name, () => []);

/** The step does something else, for the same calls. */
export const running = (
  call: CallName,
  name: string,
  run: (step: Step) => (s: State) => State,
): Mutation => edited(call, name, (step) => [{ ...step, run: run(step) }]);

/** What comes of a failure inside the step, which the kernel has to undo. */
export const failing = (
  call: CallName,
  name: string,
  errno: ErrnoName,
  fails: (s: State) => State,
): Mutation =>
  edited(call, name, (step) => {
    const points = step.mayFail ?? [];
    if (!points.some((point) => point.errno === errno)) {
      throw new RangeError(`${name} cannot fail with ${errno}`);
    }
    const mayFail = points.map((point) => (point.errno === errno ? { ...point, fails } : point));
    return [{ ...step, mayFail }];
  });

/** Another step in its place, for the same calls. */
export const replaced = (call: CallName, name: string, fresh: Step): Mutation =>
  edited(call, name, (step) => [step.when === undefined ? fresh : { ...fresh, when: step.when }]);

/** The step is run also for calls that this guard kept from it. */
export const unguarded = (call: CallName, name: string, guard: Guard): Mutation =>
  edited(call, name, (step) => {
    const { when = [], ...bare } = step;
    const rest = when.filter((one) => one.name !== guard.name);
    if (rest.length === when.length) throw new RangeError(`${name} is not only for ${guard.name}`);
    return [rest.length === 0 ? bare : { ...bare, when: rest }];
  });

/** The step leaves the state as it was where `skips` says so. */
export const skipped = (call: CallName, name: string, skips: (s: State) => boolean): Mutation =>
  running(call, name, (step) => (s) => (skips(s) ? s : step.run(s)));

/** Something more is done when the step has changed the state. */
export const followed = (
  call: CallName,
  name: string,
  then: (after: State, before: State) => State,
): Mutation =>
  running(call, name, (step) => (s) => {
    const after = step.run(s);
    return after === s ? s : then(after, s);
  });

/**
 * The step asks for so many more map slots, or for less; what it declares of itself is changed with it,
 * so that only what it does is wrong.
 */
export const asking = (call: CallName, name: string, more: number): Mutation =>
  edited(call, name, (step) => {
    const { count } = step;
    if (count === undefined) throw new RangeError(`${name} does not look at map_count`);
    const { needDontunmap, needLockedDontunmap } = count;
    const changed = {
      ...count,
      need: count.need + more,
      ...(needDontunmap === undefined ? {} : { needDontunmap: needDontunmap + more }),
      ...(needLockedDontunmap === undefined
        ? {}
        : { needLockedDontunmap: needLockedDontunmap + more }),
    };
    return [{ ...step, count: changed, run: underLimit(step, more) }];
  });

/** The step under a limit that is lower by so much. */
const underLimit =
  (step: Step, less: number) =>
  (s: State): State => {
    const { maxMapCount, mmapCap } = s.env;
    const lower = { ...s.env, maxMapCount: maxMapCount - less, mmapCap: mmapCap - less };
    return { ...step.run({ ...s, env: lower }), env: s.env };
  };

/** The step looks at no limit. */
export const unlimited = (call: CallName, name: string): Mutation => asking(call, name, -1000);

/** The two steps in each other's place. */
export const swapped =
  (call: CallName, one: string, other: string): Mutation =>
  (of) => {
    const [i, j] = [placeOf(of, call, one), placeOf(of, call, other)];
    const steps = [...of.calls[call]];
    [steps[i], steps[j]] = [steps[j] as Step, steps[i] as Step];
    return withSteps(of, call, steps);
  };

/** The step comes right behind another one. */
export const movedBehind =
  (call: CallName, name: string, behind: string): Mutation =>
  (of) => {
    const step = of.calls[call][placeOf(of, call, name)] as Step;
    const others = of.calls[call].filter((one) => one !== step);
    placeOf(of, call, behind);
    const steps = others.flatMap((one) => (one.name === behind ? [one, step] : [one]));
    return withSteps(of, call, steps);
  };
