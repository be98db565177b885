import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ReportData } from '../../src/html/data.js';
import { browser, noBrowser, opened, seriousFindings } from './chromium.js';

/** index.html of a report of all specs. To make one takes minutes, so it is not made here. */
const FULL = process.env['MREMAP_CHECK_REPORT'];
const missing = FULL === undefined ? 'no MREMAP_CHECK_REPORT=FILE' : noBrowser;
const title = missing === undefined ? 'a full report' : `a full report (skipped: ${missing})`;

describe.skipIf(missing !== undefined)(title, () => {
  const file = resolve(FULL ?? '');
  const url = pathToFileURL(file).href;
  let on: Browser;
  beforeAll(async () => {
    on = await browser();
  });
  afterAll(() => on?.close());

  test('is under 3 MB', () => {
    expect(statSync(file).size).toBeLessThan(3e6);
  });

  test('has no serious finding of axe-core', async () => {
    const { page } = await opened(on, url);
    expect(await seriousFindings(page, axe.source)).toEqual([]);
  });

  test('has in it what the links in docs/report.md lead to', async () => {
    const links = readFileSync('docs/report.md', 'utf8').match(/(?<=index\.html)#\S+/g) ?? [];
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) {
      const { page } = await opened(on, `${url}${link}`);
      expect(await page.locator('main').textContent(), link).not.toMatch(/Nothing (at|here)/);
      // A step that changes something, not one that only looks.
      const numbers = await page.locator('.said .number').allTextContents();
      expect(
        numbers.filter((text) => text.startsWith('after')),
        link,
      ).toEqual([]);
    }
  });

  test('draws every violation and steps to its end', { timeout: 600_000 }, async () => {
    const [, text] = /id="report-data">(.*?)<\/script>/s.exec(readFileSync(file, 'utf8')) ?? [];
    const data = JSON.parse(text ?? '') as ReportData;
    const cells = new Map<string, number>();
    for (const check of data.specs.flatMap(({ checks }) => checks)) {
      if (check.kind === 'compare') continue;
      for (const { shown, invariant, release } of check.verdicts) {
        const cell = `${invariant}/${release}`;
        if (shown !== null) cells.set(cell, (cells.get(cell) ?? 0) + 1);
      }
    }
    const { page, complaints } = await opened(on, url);
    for (const [cell, cases] of cells) {
      for (let number = 1; number <= cases; number++) {
        await page.goto(`${url}#cell=${cell}&case=${number}&step=999`);
        const end = await page.locator('.said').textContent();
        expect(end, `${cell}, ${number}`).toMatch(/returns|reads map_count|lowers/);
        expect(await page.locator('.side .picture svg').count()).toBe(1);
      }
    }
    expect(cells.size).toBeGreaterThan(300);
    expect(complaints).toEqual([]);
  });
});
