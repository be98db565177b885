import { oneLess, type Stage, type SynthesisReport } from '../verify/synthesis.js';
import { enumerateBoundsText, notTriedText } from './bounds.js';
import { traceOf } from './trace-of.js';
import { VERSION } from './version.js';

const stageJson = (report: SynthesisReport, stage: Stage, bounds: string): object => ({
  by: stage.by,
  proved: stage.broken === undefined ? null : stage.broken.length === 0,
  broken: stage.broken ?? null,
  refused: stage.refused,
  needless: stage.needless,
  cases: stage.cases.map((one) => {
    const found = oneLess(report, stage, one);
    return {
      case: one.name,
      need: one.least,
      mostThatRefusalsAllow: one.most,
      calls: one.calls,
      oneLess: found === undefined ? null : traceOf(found, bounds),
    };
  }),
});

/** The weakest conditions of a check, for programs; a need is null where nothing has to be asked for. */
export const synthesisJson = (report: SynthesisReport): object => ({
  version: VERSION,
  release: report.question.release,
  check: report.question.check,
  kept: report.kept,
  sought: report.sought,
  leftOut: report.leftOut,
  bounds: report.bounds,
  notTried: notTriedText(report.bounds),
  unlocked: report.unlocked,
  complete: report.complete,
  transitions: report.transitions,
  asItIs: { does: report.does, refused: report.refused, needless: report.needless },
  stages: report.stages.map((stage) =>
    stageJson(report, stage, enumerateBoundsText(report.bounds)),
  ),
});
