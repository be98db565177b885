import type { PartingStep } from '../checker/parting.js';
import { type Change, type DiffReport, smallestDifference } from '../verify/diff.js';
import { changeText } from './behaviour.js';
import { compareBoundsText, notTriedText } from './bounds.js';
import { differenceTraceOf } from './trace-of.js';
import { VERSION } from './version.js';
import { resultText } from './words.js';

const partingJson = ({ step, kernel, result, passes, asks, mapCount }: PartingStep): object => ({
  step,
  kernel,
  passes,
  result: result === undefined ? null : resultText(result),
  asks: asks ?? null,
  mapCountBefore: mapCount[0],
  mapCountAfter: mapCount[1],
});

function changeJson({ question }: DiffReport, change: Change): object {
  const { from, to, differs, headrooms, count, classes } = change;
  const smallest = smallestDifference(question, change);
  return {
    name: changeText(change),
    from,
    to,
    differs,
    headrooms,
    count,
    shapes: classes.map((one) => ({ shape: one.shape, count: one.count })),
    smallest: differenceTraceOf(smallest, compareBoundsText(question.bounds)),
    parting: smallest.parting?.map(partingJson) ?? null,
  };
}

/**
 * A comparison of two releases, for programs. `headrooms` are all at which a change happens; `differs` is
 * what differs where `from` and `to` are equal; `parting` is the step on either release at which the
 * smallest call goes another way, null where none does.
 */
export const diffJson = (report: DiffReport): object => ({
  version: VERSION,
  releases: report.question.releases,
  bounds: report.question.bounds,
  notTried: notTriedText(report.question.bounds),
  complete: report.complete,
  spaces: report.spaces,
  transitions: report.transitions,
  changes: report.changes.map((change) => changeJson(report, change)),
});
