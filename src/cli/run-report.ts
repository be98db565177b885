import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../input/write-whole.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { style } from '../report/style.js';
import { verifyText } from '../report/verify-text.js';
import { tracesIn } from '../trace/read.js';
import { machineFor } from '../verify/execute.js';
import type { VerifyReport } from '../verify/verify.js';
import { jsonText, parsedRun } from './run-folder.js';
import { writeTraces } from './trace-files.js';

/** Adds the report to a run, as text, JSON and the traces of what is broken; each appears in one piece. */
export function finishRun(
  folder: string,
  report: VerifyReport,
  confirmed?: ConfirmedVerdicts,
): void {
  const put = (name: string, content: string): void => writeWhole(join(folder, name), content);
  const [traces, freshTraces] = [join(folder, 'traces'), join(folder, 'traces.new')];
  const json = verifyJson(report, confirmed);
  put('report.json', jsonText(json));
  put('report.txt', `${verifyText(report, style(false), true, confirmed)}\n`);
  rmSync(freshTraces, { recursive: true, force: true });
  writeTraces(freshTraces, tracesIn(json, 'the report'), (ref) => machineFor(ref).release);
  rmSync(traces, { recursive: true, force: true });
  renameSync(freshTraces, traces);
  const { complete, asExpected } = report;
  put('run.json', jsonText({ ...parsedRun(folder), complete, asExpected }));
}
