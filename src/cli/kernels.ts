import { foundKernels } from '../kernels/found.js';
import { kernelsJson } from '../report/json.js';
import { kernelsText } from '../report/kernels-text.js';
import { Exit } from './exit.js';
import { print, printJson, stdoutStyle } from './terminal.js';

/** Lists the kernels of this machine that scenarios can be run on. */
export function kernelsCommand(flags: { readonly json?: true }): Exit {
  const kernels = foundKernels();
  if (flags.json) printJson(kernelsJson(kernels));
  else print(kernelsText(kernels, stdoutStyle()));
  return Exit.ok;
}
