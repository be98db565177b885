import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../input/write-whole.js';
import type { ConfirmedVerdicts } from '../report/confirmed.js';
import { verifyJson } from '../report/json.js';
import { style } from '../report/style.js';
import { verifyText } from '../report/verify-text.js';
import { keeping } from '../runs/failed.js';
import { tracesIn } from '../trace/read.js';
import type { Trace } from '../trace/trace.js';
import { releaseToCall } from '../verify/execute.js';
import type { VerifyReport } from '../verify/verify.js';
import { jsonText, parsedRun } from './run-folder.js';
import { writeTraces } from './trace-files.js';

function putTraces(folder: string, traces: readonly Trace[]): void {
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  writeTraces(fresh, traces, releaseToCall);
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
}

/** Adds the report to a run, as text, JSON and the traces of what is broken; each appears in one piece. */
export function finishRun(
  folder: string,
  report: VerifyReport,
  confirmed?: ConfirmedVerdicts,
): void {
  const put = (name: string, content: string): void => {
    const file = join(folder, name);
    keeping(folder, file, () => writeWhole(file, content));
  };
  const json = verifyJson(report, confirmed);
  put('report.json', jsonText(json));
  put('report.txt', `${verifyText(report, style(false), true, confirmed)}\n`);
  const traces = join(folder, 'traces');
  keeping(folder, traces, () => putTraces(traces, tracesIn(json, 'the report')));
  const { complete, asExpected } = report;
  put('run.json', jsonText({ ...parsedRun(folder), complete, asExpected }));
}
