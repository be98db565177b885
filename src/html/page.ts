import { readFileSync } from 'node:fs';
import type { ReportData } from './data.js';

const TEMPLATE = new URL('../page/index.html', import.meta.url);
const PLACE = '<script type="application/json" id="report-data">';

/** By what one of our pages is known. */
export const SIGN = '<meta name="generator" content="mremap-check report"';

/** JSON that an HTML parser does not see an end or a comment in. */
const embeddable = (data: ReportData): string => JSON.stringify(data).replaceAll('<', '\\u003c');

/** The page with its data in it; the same bytes for the same data. */
export function pageWith(data: ReportData): string {
  const [head, tail, ...more] = readFileSync(TEMPLATE, 'utf8').split(PLACE);
  if (head === undefined || tail === undefined || more.length > 0) {
    throw new Error(`the page in ${TEMPLATE.pathname} has no place for data`);
  }
  return `${head}${PLACE}${embeddable(data)}${tail}`;
}
