import type { CasesReport } from './case.js';
import { junitXml } from './junit.js';
import { sarifLog } from './sarif.js';

/** Files that other tools read, by the option of `verify` that names the file. */
export const FORMATS = {
  junit: junitXml,
  sarif: sarifLog,
} as const satisfies Record<string, (report: CasesReport) => string>;

export type Format = keyof typeof FORMATS;
