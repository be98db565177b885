import { compareSteps } from '../../model/changes.js';
import type { Step } from '../../model/step.js';

/** One line of the difference of two releases, in an order that reads as either; a step that was moved is removed here and added there. */
export type StepChange =
  | { readonly kind: 'same'; readonly step: Step }
  | { readonly kind: 'changed'; readonly step: Step; readonly what: readonly string[] }
  | { readonly kind: 'removed'; readonly step: Step; readonly moved: boolean }
  | {
      readonly kind: 'added';
      readonly step: Step;
      readonly moved: boolean;
      /** What is said anew of a step that was moved. */
      readonly what: readonly string[];
    };

const guards = ({ when = [] }: Step): string =>
  [...new Set(when.map(({ name }) => name))].join('; ') || 'every call';
const errnos = ({ errnos: of = [] }: Step): string => of.join(', ') || 'none';
const points = ({ mayFail = [] }: Step): string =>
  mayFail.map(({ kernel, errno }) => `${kernel} ${errno}`).join(', ') || 'nothing';

/** How what is said of a step differs. Steps that say the same may still do different things with VMAs, pages and charges. */
function changesOf(before: Step, after: Step): string[] {
  const compared: readonly (readonly [string, string, string])[] = [
    ['part of', before.kernel, after.kernel],
    ['for', guards(before), guards(after)],
    ['does', before.does, after.does],
    ['ends with', errnos(before), errnos(after)],
    ['may fail', points(before), points(after)],
  ];
  return compared.flatMap(([what, was, is]) => (was === is ? [] : [`${what}: ${was} → ${is}`]));
}

/** How the steps of a call differ between two releases. */
export const stepChanges = (before: readonly Step[], after: readonly Step[]): StepChange[] =>
  compareSteps(before, after).map(({ state, step, was }): StepChange => {
    if (state === 'dropped' || state === 'gone') {
      return { kind: 'removed', step, moved: state === 'gone' };
    }
    if (state === 'inserted' || state === 'moved') {
      return { kind: 'added', step, moved: state === 'moved', what: changesOf(was ?? step, step) };
    }
    const what = changesOf(was ?? step, step);
    return what.length === 0 ? { kind: 'same', step } : { kind: 'changed', step, what };
  });
