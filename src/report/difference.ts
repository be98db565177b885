import type { Difference } from '../checker/difference.js';
import { callText } from '../model/call-text.js';
import { exactly, gauge, historyRows, row } from './rows.js';
import { legend, ruler, strip } from './strip.js';
import { resultText } from './words.js';

/** The smallest call of a class of differences: how to get there, and what either release makes of it. */
export function differenceText(d: Difference): string {
  const after = d.outcomes.map((outcome, i) =>
    exactly(
      d.releases[i] as string,
      `${strip(outcome.vmas, d.pages)}   ${gauge(outcome.vmas, d.limit, outcome.mapCount)}, returns ${resultText(outcome.result)}`,
    ),
  );
  return [
    ...historyRows(d.history, d.limit, false),
    ...row('call', callText(d.call)),
    exactly('pages', ruler(d.pages)),
    exactly('before', `${strip(d.before, d.pages)}   ${gauge(d.before, d.limit)}`),
    ...after,
    exactly('', legend([d.before, ...d.outcomes.map(({ vmas }) => vmas)])),
  ].join('\n');
}
