import { availableParallelism } from 'node:os';
import { estimateJson, estimateText } from '../report/estimate-text.js';
import type { Spec } from '../specs/spec.js';
import { estimate } from '../verify/estimate.js';
import { planJobs } from '../verify/jobs.js';
import { Exit } from './exit.js';
import { type SearchFlags, searching } from './searching.js';
import { note, print, printJson } from './terminal.js';

/** Says what some specs will take, and runs none of them. */
export function estimated(
  specs: readonly Spec[],
  { json, ...flags }: SearchFlags & { readonly json?: true },
): Promise<Exit> {
  const { workers = availableParallelism() } = flags;
  return searching(
    flags,
    (options) => estimate(planJobs(specs), options),
    (found) => {
      if (found === undefined) {
        note('nothing is known of what was not sampled');
        return Exit.incomplete;
      }
      if (json === true) printJson(estimateJson(found));
      else print(estimateText(found, workers));
      return Exit.ok;
    },
  );
}
