import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { note } from './measure.js';
import { median } from './statistics.js';

const TURNS = 5;
const PROGRAM = process.env['MREMAP_CHECK_CHROMIUM'] ?? '/usr/bin/chromium';

const [file] = process.argv.slice(2);
if (file === undefined) {
  note('usage: npm run bench:page -- REPORT/index.html');
  process.exit(2);
}
const url = pathToFileURL(resolve(file)).href;

/** Milliseconds until a page is there to be read: from the start of loading to the last cell in place. */
async function opening(): Promise<number> {
  // A browser of its own each time, so that nothing is warm.
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const start = performance.now();
  await page.goto(url);
  await page.locator('[data-cell]').last().waitFor();
  const taken = performance.now() - start;
  await browser.close();
  return taken;
}

const taken: number[] = [];
for (let turn = 0; turn < TURNS; turn++) taken.push(await opening());
console.log(`opens in ${Math.round(median(taken))} ms (median of ${TURNS}, chromium cold)`);
