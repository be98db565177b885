import type { CallName, Release } from './release.js';
import { type Env, type State, withShared } from './state.js';
import type { CountCheck, Guard, Step } from './step.js';
import { countCheck } from './steps/counts.js';

/**
 * Edits of a release, all pure: what variants, patches and the mutants of the tests are made of. They name
 * the steps they are about, and throw CannotEdit where one is not there or nothing would be different.
 */
export type Edit = (of: Release) => Release;

/** An edit that cannot be made of this release. */
export class CannotEdit extends Error {
  override readonly name = 'CannotEdit';

  /**
   * @param field of the edit that is at fault
   * @param found what stands there
   * @param expected what would have been right
   */
  constructor(
    readonly field: 'step' | 'place' | 'count' | 'edit',
    readonly found: string,
    readonly expected: string,
  ) {
    super(`found ${found}, expected ${expected}`);
  }
}

/** Where a step goes: before or behind another one. */
export type Place = { readonly before: string } | { readonly behind: string };

/** The headroom that a check asks for, all of it: what is not given does not differ from `need`. */
export type Needs = Omit<CountCheck, 'role'>;

/** What an edit may say anew of a step. */
export interface StepChange {
  readonly count?: Needs;
  /** All its guards; none if it is run for every call. */
  readonly when?: readonly Guard[];
  readonly kernel?: string;
}

/** Edits one after the other. */
export const editedBy = (of: Release, ...edits: readonly Edit[]): Release =>
  edits.reduce((release, edit) => edit(release), of);

/** The steps of a call replaced. */
function withSteps(of: Release, call: CallName, steps: readonly Step[]): Release {
  const was = of.calls[call];
  if (steps.length === was.length && steps.every((step, i) => step === was[i])) {
    throw new CannotEdit('edit', `${call} of ${of.id} as it was`, 'a change');
  }
  return { ...of, calls: { ...of.calls, [call]: steps } };
}

const namesOf = (of: Release, call: CallName): string =>
  [...new Set(of.calls[call].map(({ name }) => name))].join(', ');

function placesOf(of: Release, call: CallName, name: string, field: 'step' | 'place'): number[] {
  const places = of.calls[call].flatMap((step, i) => (step.name === name ? [i] : []));
  if (places.length > 0) return places;
  throw new CannotEdit(field, `"${name}"`, `a step of ${call} of ${of.id}: ${namesOf(of, call)}`);
}

/** The one place of a step. */
function placeOf(
  of: Release,
  call: CallName,
  name: string,
  field: 'step' | 'place' = 'step',
): number {
  const [place, ...others] = placesOf(of, call, name, field);
  if (others.length === 0) return place as number;
  const times = `"${name}", which ${call} of ${of.id} has ${others.length + 1} times`;
  throw new CannotEdit(field, times, 'a step that it has once');
}

/** Every step of this name replaced by others. */
export const edited =
  (call: CallName, name: string, replace: (step: Step) => readonly Step[]): Edit =>
  (of) => {
    const places = new Set(placesOf(of, call, name, 'step'));
    const steps = of.calls[call].flatMap((step, i) => (places.has(i) ? replace(step) : [step]));
    return withSteps(of, call, steps);
  };

/** The step is not there. */
export const dropped = (call: CallName, name: string): Edit => edited(call, name, () => []);

const onlyFor = (step: Step, when: readonly Guard[] | undefined): Step => {
  const { when: _, ...bare } = step;
  return when === undefined || when.length === 0 ? bare : { ...bare, when };
};

/** Another step in its place, for the same calls. */
export const replaced = (call: CallName, name: string, fresh: Step): Edit =>
  edited(call, name, (step) => [onlyFor(fresh, step.when)]);

/** What steps of these names do in another release, for the same calls and in the same kernel functions. */
export const updated =
  (call: CallName, ...fresh: readonly Step[]): Edit =>
  (of) =>
    editedBy(
      of,
      ...fresh.map((one) =>
        edited(call, one.name, ({ kernel, when }) => [onlyFor({ ...one, kernel }, when)]),
      ),
    );

function put(
  of: Release,
  call: CallName,
  steps: readonly Step[],
  step: Step,
  place: Place,
): Release {
  const anchor = 'before' in place ? place.before : place.behind;
  const at =
    placeOf({ ...of, calls: { ...of.calls, [call]: steps } }, call, anchor, 'place') +
    ('before' in place ? 0 : 1);
  return withSteps(of, call, [...steps.slice(0, at), step, ...steps.slice(at)]);
}

/** One step more, of a name that the call does not have yet. */
export const inserted =
  (call: CallName, step: Step, place: Place): Edit =>
  (of) => {
    const steps = of.calls[call];
    if (steps.some(({ name }) => name === step.name)) {
      const found = `"${step.name}", which ${call} of ${of.id} has already`;
      throw new CannotEdit('step', found, 'another name, or that one replaced');
    }
    return put(of, call, steps, step, place);
  };

/** The step goes elsewhere; across the mmap lock it is then made with it, or without. */
export const moved =
  (call: CallName, name: string, place: Place): Edit =>
  (of) => {
    const at = placeOf(of, call, name);
    const step = of.calls[call][at] as Step;
    const others = of.calls[call].filter((_, i) => i !== at);
    return put(of, call, others, step, place);
  };

/** The two steps in each other's place. */
export const swapped =
  (call: CallName, one: string, other: string): Edit =>
  (of) => {
    const [i, j] = [placeOf(of, call, one), placeOf(of, call, other)];
    const steps = [...of.calls[call]];
    [steps[i], steps[j]] = [steps[j] as Step, steps[i] as Step];
    return withSteps(of, call, steps);
  };

const withEnv = (s: State, env: Env): State =>
  withShared(s, { env, vmas: s.vmas, mapCount: s.mapCount, pages: s.pages });

/** What a step does and what can fail in it, under a limit that is lower by so much. */
function underLimit({ run, mayFail }: Step, less: number): Pick<Step, 'run' | 'mayFail'> {
  const lower = (s: State): State => {
    const { maxMapCount, mmapCap } = s.env;
    return withEnv(s, { ...s.env, maxMapCount: maxMapCount - less, mmapCap: mmapCap - less });
  };
  return {
    run: (s) => {
      const before = lower(s);
      const after = run(before);
      return after === before ? s : withEnv(after, s.env);
    },
    ...(mayFail === undefined
      ? {}
      : {
          mayFail: mayFail.map((point) => ({
            ...point,
            times: (s: State) => point.times(lower(s)),
            fails: (s: State, time: number) => withEnv(point.fails(lower(s), time), s.env),
          })),
        }),
  };
}

/** The check with another headroom; what it declares of itself is changed with it. */
export function asking(step: Step, needs: Needs): Step {
  const { count, within } = step;
  if (count === undefined) {
    throw new CannotEdit('count', `"${step.name}", which does not look at map_count`, 'a check');
  }
  const { role } = count;
  if (role === 'early' || role === 'move') {
    return onlyFor(countCheck(step.name, step.kernel, { role, ...needs }), step.when);
  }
  const [other] = Object.keys(needs).filter((name) => name !== 'need');
  if (other !== undefined) {
    const found = `${other} for "${step.name}"`;
    throw new CannotEdit('count', found, '`need` alone, but for the early and the move check');
  }
  return {
    ...step,
    does: `${step.does}; asks for ${needs.need} map slots in place of ${count.need}`,
    count: { role, ...needs },
    // A search takes equal actions on equal ranges for the same, also those of other calls.
    ...(within === undefined
      ? {}
      : { within: { ...within, action: `${within.action}, asking for ${needs.need}` } }),
    ...underLimit(step, needs.need - count.need),
  };
}

/** As `needOf` reads them: what is not said is as what is. */
export function sameNeeds(a: Needs, b: Needs): boolean {
  const [mine, yours] = [a, b].map(({ need, needDontunmap = need, needLockedDontunmap }) => [
    need,
    needDontunmap,
    needLockedDontunmap ?? needDontunmap,
  ]);
  return a.needFor === b.needFor && mine?.join() === yours?.join();
}

const sameGuards = (a: readonly Guard[] = [], b: readonly Guard[] = []): boolean =>
  a.length === b.length && a.every(({ name }, i) => name === b[i]?.name);

/** Every step of this name with something said anew of it. */
export const changed = (call: CallName, name: string, change: StepChange): Edit =>
  edited(call, name, (step) => {
    const { count, when, kernel } = change;
    let fresh = step;
    if (count !== undefined && !(step.count !== undefined && sameNeeds(count, step.count))) {
      fresh = asking(fresh, count);
    }
    if (when !== undefined && !sameGuards(when, step.when)) fresh = onlyFor(fresh, when);
    if (kernel !== undefined && kernel !== step.kernel) fresh = { ...fresh, kernel };
    return [fresh];
  });
