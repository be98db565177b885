import { figureShown, type HeadroomReport, type HeadroomRow } from '../verify/headroom.js';
import { shownCallJson } from './json.js';
import { VERSION } from './version.js';

function figureJson(
  report: HeadroomReport,
  row: HeadroomRow,
  figure: 'ends' | 'peak' | 'asks',
): object {
  const shown = figureShown(report, row, figure);
  return {
    value: row[figure].value,
    witness: shown === undefined ? null : shownCallJson(shown),
  };
}

/** What each shape of call needs of map slots, for programs; `since` is null where the figures still grew. */
export const headroomJson = (report: HeadroomReport): object => ({
  version: VERSION,
  release: report.question.release,
  windows: report.question.windows,
  bounds: report.bounds ?? null,
  complete: report.complete,
  transitions: report.transitions,
  shapes: report.rows.map((row) => ({
    shape: row.shape,
    calls: row.calls,
    ends: figureJson(report, row, 'ends'),
    peak: figureJson(report, row, 'peak'),
    needs: row.needs,
    asks: figureJson(report, row, 'asks'),
    slack: row.slack,
    since: row.since ?? null,
  })),
});
