import { match, P } from 'ts-pattern';
import { BadInput } from '../input/bad-input.js';
import {
  asking,
  CannotEdit,
  changed,
  dropped,
  type Edit,
  edited,
  inserted,
  moved,
  type Needs,
  type Place,
  type StepChange,
} from '../model/edits.js';
import type { CallName, Release } from '../model/release.js';
import { releaseByRef, UnknownRelease } from '../model/releases/variant.js';
import { type CountCheck, GUARDS, type Guard, type Step } from '../model/step.js';
import { countCheck } from '../model/steps/counts.js';
import type { WrittenEdit } from './codec.js';
import { nearest } from './nearest.js';

type Written<W extends string> = Extract<WrittenEdit, Readonly<Record<W, unknown>>>;

/** The kernel function that a check is in, where a patch says nothing else. */
const FUNCTION_OF = { early: 'mremap_to', move: 'move_vma' } as const satisfies Partial<
  Record<CountCheck['role'], string>
>;

/** A fault in a field of an edit; caught where the file and the edit are known. */
class EditFault extends Error {
  constructor(
    readonly field: string,
    fault: string,
  ) {
    super(fault);
  }
}

const missing = (field: string, why: string): EditFault =>
  new EditFault(field, `found nothing, expected ${why}`);

/** The guards of these names, which the codec knows. */
const guardsOf = (names: readonly string[]): readonly Guard[] =>
  GUARDS.filter(({ name }) => names.includes(name));

const DONTUNMAP_NEEDS = ['needDontunmap', 'needLockedDontunmap'] as const;

/** The headroom that an edit asks for; undefined where it says nothing of one. */
function needsOf(written: Partial<Needs>): Needs | undefined {
  const { need, needDontunmap, needLockedDontunmap } = written;
  if (need === undefined) {
    const alone = DONTUNMAP_NEEDS.find((field) => written[field] !== undefined);
    if (alone !== undefined) throw missing('need', `map slots, beside ${alone}`);
    return undefined;
  }
  return {
    need,
    ...(needDontunmap === undefined ? {} : { needDontunmap }),
    ...(needLockedDontunmap === undefined ? {} : { needLockedDontunmap }),
  };
}

function placeOf({ before, behind }: { before?: string; behind?: string }): Place {
  if (before !== undefined && behind !== undefined) {
    throw new EditFault('behind', `found "${behind}" and before "${before}", expected one of them`);
  }
  if (before !== undefined) return { before };
  if (behind !== undefined) return { behind };
  throw missing('behind', 'the name of a step, or one in before');
}

/** A step of this name in a release of the model. */
function stepFrom(ref: string, call: CallName, name: string): Step {
  let release: Release;
  try {
    release = releaseByRef(ref);
  } catch (error) {
    if (error instanceof UnknownRelease) throw new EditFault('from', error.message);
    throw error;
  }
  const step = release.calls[call].find((one) => one.name === name);
  if (step !== undefined) return step;
  throw new EditFault('from', `found "${ref}", expected a release that has ${name} in ${call}`);
}

const onlyFor = (step: Step, when: readonly string[] | undefined): Step => {
  if (when === undefined) return step;
  const { when: _, ...bare } = step;
  return when.length === 0 ? bare : { ...bare, when: guardsOf(when) };
};

function insertedStep(written: Written<'insert'>, call: CallName): Step {
  const { insert, from, role, when, kernel } = written;
  const needs = needsOf(written);
  if (from !== undefined) {
    if (role !== undefined) {
      throw new EditFault('role', `found "${role}", expected none beside from`);
    }
    const step = onlyFor(stepFrom(from, call, insert), when);
    const checked = needs === undefined ? step : asking(step, needs);
    return kernel === undefined ? checked : { ...checked, kernel };
  }
  if (needs === undefined) throw missing('need', 'map slots, or a release in from');
  if (role === undefined) throw missing('role', 'early or move, what the check is to be taken for');
  return onlyFor(countCheck(insert, kernel ?? FUNCTION_OF[role], { role, ...needs }), when);
}

function changeOf(written: Written<'change'>): StepChange {
  const count = needsOf(written);
  const { when, kernel } = written;
  if (count === undefined && when === undefined && kernel === undefined) {
    throw missing('need', 'at least one of need, when, kernel');
  }
  return {
    ...(count === undefined ? {} : { count }),
    ...(when === undefined ? {} : { when: guardsOf(when) }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

const editOf = (written: WrittenEdit): Edit => {
  const { call = 'mremap' } = written;
  if (call !== 'mremap' && 'when' in written) {
    throw new EditFault('when', `found conditions of ${call}, expected none: they are of mremap()`);
  }
  return match(written)
    .with({ drop: P.string }, (w) => dropped(call, w.drop))
    .with({ change: P.string }, (w) => changed(call, w.change, changeOf(w)))
    .with({ move: P.string }, (w) => moved(call, w.move, placeOf(w)))
    .with({ insert: P.string }, (w) => inserted(call, insertedStep(w, call), placeOf(w)))
    .with({ replace: P.string }, (w) =>
      edited(call, w.replace, () => [stepFrom(w.from, call, w.replace)]),
    )
    .exhaustive();
};

/** Where in the edit a fault of this kind is written. */
function fieldOf(written: WrittenEdit, { field }: CannotEdit): string {
  const word = Object.keys(written).find((key) =>
    ['drop', 'change', 'move', 'insert', 'replace'].includes(key),
  ) as string;
  if (field === 'place') return 'before' in written ? 'before' : 'behind';
  return field === 'count' ? 'need' : word;
}

/** The fault in words; where a step was misspelt, with the one that was meant in place of all. */
function described({ found, message }: CannotEdit, of: Release, call: CallName): string {
  const name = /^"([^"]*)"$/.exec(found)?.[1];
  const names = of.calls[call].map((step) => step.name);
  const near = name === undefined || names.includes(name) ? undefined : nearest(name, names);
  return near === undefined
    ? message
    : `found ${found}, expected a step of ${call} of ${of.id}, such as "${near}"`;
}

/**
 * The release with the edits of a patch, one after the other; throws BadInput.
 *
 * @param where the file
 */
export const applied = (base: Release, edits: readonly WrittenEdit[], where: string): Release =>
  edits.reduce((release, written, i) => {
    const at = (field: string): string => `${where}: .edits[${i}].${field}`;
    try {
      return editOf(written)(release);
    } catch (error) {
      if (error instanceof EditFault) throw new BadInput(`${at(error.field)}: ${error.message}`);
      if (!(error instanceof CannotEdit)) throw error;
      const { call = 'mremap' } = written;
      throw new BadInput(`${at(fieldOf(written, error))}: ${described(error, release, call)}`);
    }
  }, base);
