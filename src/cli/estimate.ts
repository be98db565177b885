import { availableParallelism } from 'node:os';
import { estimateJson, estimateText } from '../report/estimate-text.js';
import type { Spec } from '../specs/spec.js';
import { estimate } from '../verify/estimate.js';
import { planJobs } from '../verify/jobs.js';
import { Exit } from './exit.js';
import { print, printJson } from './terminal.js';

/** Says what some specs will take, and runs none of them. */
export function estimated(
  specs: readonly Spec[],
  { json, workers = availableParallelism() }: { readonly json?: true; readonly workers?: number },
): Exit {
  const found = estimate(planJobs(specs));
  if (json === true) printJson(estimateJson(found));
  else print(estimateText(found, workers));
  return Exit.ok;
}
