import { distinguishing } from '../conformance/distinguish.js';
import { type Identification, identify } from '../conformance/identify.js';
import type { Kernel } from '../conformance/kernel.js';
import { knownReleases } from '../model/releases/index.js';
import { identifyJson, identifyText } from '../report/identify-text.js';
import { Exit } from './exit.js';
import { withKernel } from './kernel.js';
import { note, print, printJson, stdoutStyle } from './terminal.js';

export interface IdentifyFlags {
  readonly kernel: string;
  readonly json?: true;
}

/** Undefined if it was interrupted. */
async function identified(
  kernel: Kernel,
  signal: AbortSignal,
): Promise<Identification | undefined> {
  try {
    const { scenarios } = await distinguishing(knownReleases, kernel.hides, signal);
    return await identify(kernel, scenarios, signal);
  } catch (error) {
    if (signal.aborted && error === signal.reason) return undefined;
    throw error;
  }
}

/** Says as which releases a kernel behaves, with the scenarios that show it. */
export const identifyCommand = ({ kernel: name, json }: IdentifyFlags): Promise<Exit> =>
  withKernel(name, async (kernel, signal) => {
    note(`${kernel.name} (${kernel.version}): looking for scenarios that tell releases apart`);
    const found = await identified(kernel, signal);
    if (found === undefined) return Exit.incomplete;
    if (json === true) printJson(identifyJson(kernel, found));
    else print(identifyText(kernel, found, stdoutStyle()));
    if (found.notSurvived.length > 0) return Exit.unexpected;
    if (found.evidence.length === 0) return Exit.incomplete;
    return found.matches.length === 0 ? Exit.unexpected : Exit.ok;
  });
