import { existsSync } from 'node:fs';
import axe from 'axe-core';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { browser, finger, noBrowser, opened, overhang, seriousFindings } from './chromium.js';
import { altered, type SmallReport, smallReport } from './small-report.js';

const CELL = 'limit-enomem-untouched/v2.6.33';

const said = async (page: Page): Promise<string> =>
  (await page.locator('.said').textContent()) ?? '';
const hashOf = (page: Page): string => decodeURIComponent(new URL(page.url()).hash);
const PHONE = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };
/** Where on the screen the middle of something is, which is brought there. */
const middleOf = async (what: Locator): Promise<{ x: number; y: number }> => {
  await what.scrollIntoViewIfNeeded();
  const box = await what.boundingBox();
  if (box === null) throw new Error('it is not to be seen');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};
/** What the focus is on, by its words. */
const focused = (page: Page): Promise<string | null> => page.locator(':focus').textContent();

const title =
  noBrowser === undefined ? 'the page in chromium' : `the page in chromium (skipped: ${noBrowser})`;

describe.skipIf(noBrowser !== undefined)(title, () => {
  let report: SmallReport;
  let on: Browser;
  beforeAll(async () => {
    [report, on] = await Promise.all([smallReport(), browser()]);
  });
  afterAll(() => on?.close());

  const at = (hash: string, options?: Parameters<typeof opened>[2]) =>
    opened(on, `${report.url}${hash}`, options);

  test('opens without a complaint, and asks for nothing but itself', async () => {
    const { page, complaints, requests } = await at('');
    expect(await page.getByRole('grid').first().getByRole('row').count()).toBe(5);
    for (const view of ['differences', 'plots', 'questions']) {
      await page.getByRole('link', { name: view, exact: true }).click();
    }
    expect(complaints).toEqual([]);
    expect(requests).toEqual([report.url]);
  });

  test('has a cell for each promise and release, with verdict, bounds and surprise', async () => {
    const { page } = await at('');
    const words = (cell: string) => page.locator(`[data-cell="${cell}"]`).textContent();
    expect(await words(CELL)).toBe(
      'fails3 p limit-enomem-untouched on v2.6.33, in 1 of 1 check, up to 3 pages',
    );
    expect(await words('limit-enomem-untouched/v7.2')).toMatch(/^holds3 p .* in 1 check,/);
    expect(await words('no-needless-enomem/v7.2')).toContain('not as expected');
    expect(await page.locator('.summary').textContent()).toContain(
      'not all is as the specs expect',
    );
  });

  test('is walked through by keys alone, from the matrix to the last step and back', async () => {
    const { page } = await at('');
    await page.locator('[data-cell]').first().focus();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toContain('limit-enomem-untouched on v2.6.33');
    await page.keyboard.press('Enter');
    await page.locator('#open-heading').waitFor();
    expect(await said(page)).toContain('before the call');
    expect(await page.locator('.why').textContent()).toContain('ENOMEM from move-count-check');

    const gauges = [await page.locator('.side .reading').textContent()];
    const steps = [];
    for (let i = 0; i < 3; i++) {
      await page.keyboard.press('ArrowRight');
      gauges.push(await page.locator('.side .reading').textContent());
      steps.push(await page.locator('.lists [aria-current=step] .name').textContent());
    }
    expect(steps).toEqual([
      'unmap-destination-split-start',
      'unmap-destination-remove',
      'move-count-check',
    ]);
    expect(gauges).toEqual([
      'map_count 1 of 1, headroom 0',
      'map_count 2 of 1, 1 above the limit',
      'map_count 1 of 1, headroom 0',
      'map_count 1 of 1, headroom 0',
    ]);
    expect(await said(page)).toContain('returns -ENOMEM');
    expect(await said(page)).toMatch(/^3 of 3 /);

    await page.keyboard.press('k');
    expect(await said(page)).toMatch(/^2 of 3 .*page 1 unmapped/);
    await page.keyboard.press('Home');
    expect(await said(page)).toContain('before the call');
    await page.keyboard.press('j');
    expect(await said(page)).toMatch(/^1 of 3 /);
    await page.keyboard.press('Escape');
    await page.locator('#open-heading').waitFor({ state: 'detached' });
    expect(await focused(page)).toContain('limit-enomem-untouched on v2.6.33');
  });

  test("leaves the browser's own keys to it, in the matrix too", async () => {
    const { page } = await at('');
    await page.evaluate(`
      taken = [];
      addEventListener('keydown', ({ key, defaultPrevented }) => {
        if (defaultPrevented) taken.push(key);
      })`);
    await page.locator('[data-cell]').first().focus();
    const before = await focused(page);
    // By a script, since the browser would really go back, or to its home page.
    for (const held of ['altKey', 'metaKey', 'ctrlKey']) {
      for (const key of ['ArrowLeft', 'ArrowRight', 'PageDown']) {
        await page.locator(':focus').dispatchEvent('keydown', { key, [held]: true });
      }
    }
    await page.locator(':focus').dispatchEvent('keydown', { key: 'Home', altKey: true });
    expect(await page.evaluate('taken')).toEqual([]);
    expect(await focused(page)).toBe(before);
    await page.locator(':focus').dispatchEvent('keydown', { key: 'End', ctrlKey: true });
    expect(await page.evaluate('taken')).toEqual(['End']);
  });

  test('shows what only looks on demand, each with its kernel function', async () => {
    const { page } = await at(`#cell=${CELL}`);
    const entries = page.locator('.lists li');
    expect(await entries.count()).toBe(4);
    await page.keyboard.press('m');
    expect(await entries.count()).toBeGreaterThan(15);
    expect(await page.locator('.lists .kernel').allTextContents()).toContain('move_vma');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.does').textContent()).toMatch(/^do_mremap\(\) /);
    expect(hashOf(page)).toBe(`#cell=${CELL}&step=1&micro=1`);
  });

  test('a link leads to a cell and a step', async () => {
    const { page } = await at(`#cell=${CELL}`);
    await page.keyboard.press('End');
    // The address follows the step, behind what the key has drawn.
    await page.waitForURL(/&step=/);
    const link = page.url();
    const words = await said(page);
    const other = await opened(on, link);
    expect(await said(other.page)).toBe(words);
    expect(await other.page.locator('#open-heading').textContent()).toContain('v2.6.33');
  });

  test('a step that only looks is not counted as one that changes something', async () => {
    const { page } = await at(`#cell=${CELL}&step=1`);
    expect(await said(page)).toMatch(/^after 0 of 3 /);
    await page.keyboard.press('ArrowRight');
    expect(await said(page)).toMatch(/^1 of 3 /);
    await page.keyboard.press('End');
    const [, last] = /step=(\d+)/.exec(hashOf(page)) ?? [];
    await page.goto(`${report.url}#cell=${CELL}&step=${Number(last) - 1}`);
    expect(await said(page)).toMatch(/^after 2 of 3 /);
    await page.keyboard.press('m');
    expect(await said(page)).toMatch(new RegExp(`^${Number(last) - 1} of ${last} `));
  });

  test('a link that leads nowhere says so', async () => {
    const { page } = await at('#cell=limit-held/v9.9');
    expect(await page.locator('.open h2').textContent()).toBe('Nothing at limit-held/v9.9');
    for (const diff of ['foo', 'v2.6.33>v5.1/99', 'v2.6.33>v5.1/0']) {
      await page.goto(`${report.url}#diff=${diff}`);
      expect(await page.getByRole('status').textContent()).toContain(`Nothing at ${diff}.`);
    }
    await page.goto(`${report.url}#diff=v2.6.33>v5.1/1`);
    expect(await page.getByRole('status').count()).toBe(0);
    // Of a report that has been beside a kernel; this one has not.
    await page.goto(`${report.url}#show=confirmed`);
    expect(await page.getByLabel('show').inputValue()).toBe('confirmed');
    expect(await page.locator('.found').textContent()).toBe('0 of 4 promises');
    // No release goes beside itself.
    await page.goto(`${report.url}#cell=${CELL}&with=v2.6.33`);
    expect(await page.locator('.sides .side').count()).toBe(1);
    expect(await page.getByLabel('beside').inputValue()).toBe('');
  });

  test('names the documents on a cell, which are there', async () => {
    const { page } = await at(`#cell=${CELL}`);
    const text = (await page.locator('section.open').textContent()) ?? '';
    const named = text.match(/docs\/[\w/.-]+\.md/g) ?? [];
    expect(named).toEqual([
      'docs/spec/invariants/limit-enomem-untouched.md',
      'docs/spec/releases/v2.6.33.md',
    ]);
    for (const name of named) expect(existsSync(name)).toBe(true);
  });

  test('marks in the picture what a step unmapped, split, and where data went', async () => {
    const { page } = await at(`#cell=${CELL}`);
    const picture = page.locator('.side .picture svg');
    await page.keyboard.press('ArrowRight');
    expect(await picture.locator('.tick.split').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    expect(await picture.locator('.change.unmapped').count()).toBe(1);
    expect(await picture.locator('.role.source').count()).toBe(1);
    expect(await picture.locator('.role.destination').count()).toBe(1);
    expect(await picture.getAttribute('aria-label')).toContain('page 1 unmapped');
  });

  test('runs the same call on another release, side by side in step', async () => {
    const { page } = await at(`#cell=${CELL}&step=2`);
    await page.getByLabel('beside').selectOption('v7.2');
    const sides = page.locator('.sides .side');
    expect(await sides.count()).toBe(2);
    await page.locator('.player select').blur();
    await page.keyboard.press('End');
    expect(await said(page)).toMatch(/v2\.6\.33: move-count-check, .*returns -ENOMEM/);
    expect(await said(page)).toContain('v7.2: has returned -ENOMEM');
    // The one is left without a page that the other still has.
    const pictures = await page.locator('.sides .picture svg').all();
    const words = await Promise.all(pictures.map((one) => one.getAttribute('aria-label')));
    expect(words[0]).toMatch(/Now: page 0, anon/);
    expect(words[1]).toMatch(/Now: pages 0 to 1, anon/);
    expect(hashOf(page)).toContain('with=v7.2');
  });

  test('plays a race, thread by thread', async () => {
    const { page } = await at('#cell=sysctl-enomem-untouched/v6.12');
    const lines = await page.locator('.lists li').allTextContents();
    expect(lines.some((line) => /^Blowers max_map_count/.test(line))).toBe(true);
    await page.keyboard.press('End');
    expect(await said(page)).toContain('thread A, move-count-check');
    expect(await page.getByLabel('beside').count()).toBe(0);
  });

  test('steps through what a patched release does, beside its base', async () => {
    const { page, complaints } = await at('#q=limit-enomem');
    await page.locator('[data-cell$="no-early-check.json"]').click();
    expect(await page.locator('p.source').first().textContent()).toContain('No early check');
    await page.getByLabel('beside').selectOption('v5.1');
    await page.locator('.player select').blur();
    await page.keyboard.press('End');
    const ends = await page.locator('.lists .result').allTextContents();
    expect(ends).toEqual(['returns -ENOMEM', 'returns -ENOMEM']);
    expect(await said(page)).toContain('v5.1: has returned -ENOMEM');
    expect(complaints).toEqual([]);
  });

  test('search and filter leave what is looked for', async () => {
    const { page } = await at('');
    const heads = () => page.locator('.matrix tbody th').allTextContents();
    await page.keyboard.press('/');
    await page.keyboard.type('needless');
    expect(await heads()).toEqual(['no-needless-enomem']);
    await page.getByRole('searchbox').fill('v2.6 map slots');
    expect(await page.locator('.matrix thead th').allTextContents()).toEqual(['2.6.12', '2.6.33']);
    expect(await heads()).toEqual(['limit-enomem-untouched']);
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('show').selectOption('unexpected');
    expect(await heads()).toEqual(['no-needless-enomem']);
    expect(hashOf(page)).toBe('#show=unexpected');
    await page.getByRole('searchbox').fill('nothing like it');
    expect(await page.locator('.found').textContent()).toBe('0 of 4 promises');
  });

  test('where nothing is searched there is no search, and links to cells leave it behind', async () => {
    const { page } = await at('#view=plots&q=v7.3&show=holds');
    expect(await page.getByRole('searchbox').count()).toBe(0);
    const shown = async (): Promise<void> => {
      const cell = new URLSearchParams(hashOf(page).slice(1)).get('cell');
      expect(await page.locator(`.matrix [data-cell="${cell}"]`).getAttribute('aria-current')).toBe(
        'true',
      );
      expect(await page.locator('.found').textContent()).toBe('4 of 4 promises');
    };
    await page.getByRole('link', { name: 'at its peak' }).click();
    await shown();
    await page.goto(`${report.url}#view=questions&q=v6.12&show=holds`);
    await page.locator('.lines a').first().click();
    await shown();
  });

  test('search chooses a release by any kernel that it stands for', async () => {
    const { page } = await at('');
    const heads = () => page.locator('.matrix thead th').allTextContents();
    for (const [word, head] of [
      ['v7.2.11', '7.2.11'],
      ['7.2.11', '7.2.11'],
      ['5.3', '5.1'],
      ['v4.19', '2.6.33'],
    ] as const) {
      await page.getByRole('searchbox').fill(word);
      expect(new Set(await heads()), word).toEqual(new Set([head]));
    }
    const found = () => page.locator('.found').textContent();
    await page.goto(`${report.url}#view=questions&q=v6.14`);
    expect(await found()).toBe('1 of 1 specs');
    // Modelled, but nothing here is about it.
    await page.goto(`${report.url}#view=questions&q=v6.15`);
    expect(await found()).toBe('0 of 1 specs');
    await page.goto(`${report.url}#view=differences&q=4.19 5.6`);
    expect(await page.locator('.differences h3').count()).toBe(1);
    await page.goto(`${report.url}#view=differences&q=4.19 7.2`);
    expect(await page.locator('.differences h3').count()).toBe(0);
  });

  test('search takes the head of a column for that, whatever release has such a name', async () => {
    const with726 = altered(report, ({ specs }) => {
      for (const check of specs.flatMap(({ checks }) => checks)) {
        if (check.kind === 'compare') continue;
        const later = check.verdicts.filter(({ release }) => release === 'v7.2');
        check.verdicts.push(...later.map((one) => ({ ...one, release: 'v7.2.6' })));
      }
    });
    const { page } = await opened(on, with726);
    for (const [word, head] of [
      ['7.2', '7.2'],
      ['7.2.3', '7.2'],
      ['v7.2', '7.2.11'],
    ] as const) {
      await page.getByRole('searchbox').fill(word);
      const heads = await page.locator('.matrix thead th').allTextContents();
      expect(new Set(heads), word).toEqual(new Set([head]));
    }
  });

  test('opens a class of differences with both releases in step', async () => {
    const { page } = await at('#view=differences');
    const row = page.getByRole('row').filter({ hasText: 'ENOMEM, address space changed' }).first();
    await row.getByRole('link').click();
    expect(await page.locator('.sides .side').count()).toBe(2);
    await page.keyboard.press('End');
    const link = page.url();
    expect(decodeURIComponent(link)).toContain('diff=v2.6.33>v5.1/');
    const { page: again } = await opened(on, link);
    expect(await said(again)).toBe(await said(page));
  });

  test('a link leads to one class of two comparisons of the same releases', async () => {
    const twice = altered(report, ({ specs }) => {
      for (const { checks } of specs)
        checks.push(...checks.filter(({ kind }) => kind === 'compare'));
    });
    const { page } = await opened(on, `${twice}#view=differences`);
    const links = page.locator('.differences .shape a');
    const all = await links.evaluateAll((found) => found.map((link) => link.getAttribute('href')));
    expect(new Set(all).size).toBe(all.length);
    for (const n of [0, all.length / 2, all.length - 1]) {
      await links.nth(n).click();
      expect(await page.locator('[aria-expanded=true]').count()).toBe(1);
      expect(await links.nth(n).getAttribute('aria-expanded')).toBe('true');
    }
  });

  test('draws three kinds of plots, with their numbers in tables', async () => {
    const { page } = await at('#view=plots');
    const titles = await page.locator('figcaption').allTextContents();
    expect(titles.some((one) => /^map_count over the micro-steps/.test(one))).toBe(true);
    expect(titles.some((one) => /^Classes of differences/.test(one))).toBe(true);
    expect(titles.some((one) => /^Address spaces/.test(one))).toBe(true);
    expect(titles.some((one) => /^Time/.test(one))).toBe(true);
    const classes = page.locator('figure', { hasText: 'Classes of differences' });
    await classes.locator('summary').click();
    expect(await classes.locator('tbody tr').count()).toBe(3);
  });

  test('lines of a plot are told apart, also without their colours', async () => {
    const many = altered(report, (data) => {
      const points = [{ pages: 3, classes: 1 }];
      data.classes = Array.from({ length: 8 }, (_, i) => ({ releases: ['v5.1', `${i}`], points }));
    });
    const { page } = await opened(on, `${many}#view=plots`);
    const looks = (await page.evaluate(`
      [...[...document.querySelectorAll('figure')]
        .find(({ textContent }) => textContent.startsWith('Classes of differences'))
        .querySelectorAll('.key svg')]
        .map(({ children: [line, point] }) => [
          getComputedStyle(line).stroke,
          line.getAttribute('stroke-dasharray'),
          point.getAttribute('d'),
        ])`)) as string[][];
    expect(looks.length).toBe(8);
    for (const [i, one] of looks.entries()) {
      for (const other of looks.slice(0, i)) {
        const alike = one.filter((part, at) => part === other[at]).length;
        expect(alike, `${one} and ${other}`).toBeLessThanOrEqual(1);
      }
    }
  });

  test('draws a plot of values that are all the same power of ten', async () => {
    const same = altered(report, ({ specs }) => {
      for (const check of specs.flatMap(({ checks }) => checks)) {
        if (check.kind === 'compare') continue;
        for (const search of check.searches) search.spaces = 1000;
      }
    });
    const { page, complaints } = await opened(on, `${same}#view=plots`);
    const plot = page.locator('figure', { hasText: 'Address spaces' });
    expect(await plot.locator('.point').count()).toBeGreaterThan(0);
    expect(await plot.locator('.tick-y').allTextContents()).toEqual(['1 k', '10 k']);
    expect(complaints).toEqual([]);
  });

  // In the dark nothing but the colours is another.
  test.each([
    ['light', undefined],
    ['dark', 'color-contrast'],
  ] as const)('has no serious finding of axe-core in %s', async (colorScheme, only) => {
    const { page } = await at('', { colorScheme });
    const places = [
      '',
      `cell=${CELL}&step=12`,
      `cell=${CELL}&step=12&with=v7.2&micro=1`,
      'diff=v2.6.33>v5.1/1',
      'view=plots',
      'view=questions',
      'show=fails',
      'show=holds',
      'show=untested',
    ];
    for (const place of places) {
      await page.goto(`${report.url}#${place}`);
      expect(await seriousFindings(page, axe.source, only), place).toEqual([]);
    }
    await page.keyboard.press('?');
    expect(await seriousFindings(page, axe.source, only), 'help').toEqual([]);
  });

  test('light and dark follow the system, and the choice', async () => {
    const { page } = await at('', { colorScheme: 'dark' });
    const paper = (): Promise<unknown> =>
      page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await paper();
    await page.getByLabel('colours').selectOption('light');
    expect(await paper()).toBe('rgb(255, 255, 255)');
    await page.getByLabel('colours').selectOption('auto');
    expect(await paper()).toBe(dark);
  });

  test('fits a phone, and steps by finger', async () => {
    const { page } = await at('', PHONE);
    for (const place of [
      '',
      `cell=${CELL}`,
      `cell=${CELL}&with=v5.1`,
      'diff=v2.6.33>v5.1/1',
      'view=plots',
      'view=questions',
    ]) {
      await page.goto(`${report.url}#${place}`);
      expect(await overhang(page), place).toBeLessThanOrEqual(0);
    }
    await page.goto(`${report.url}#cell=${CELL}`);
    await page.getByRole('button', { name: 'next step' }).tap();
    expect(await said(page)).toMatch(/^1 of 3 /);
    await finger(page, await middleOf(page.locator('.sides .picture')), -150);
    await page.locator('.said', { hasText: /^2 of 3 / }).waitFor();
  });

  test('a difference fits a phone, however wide the table is that it is in', async () => {
    const { page } = await at('#diff=v2.6.33>v5.1/1', PHONE);
    const table = page.locator('.scroll', { has: page.locator('.player') });
    const player = page.locator('.player');
    const inSight = async (): Promise<void> => {
      const box = await player.boundingBox();
      expect(box?.x).toBeGreaterThanOrEqual(0);
      expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(320);
    };
    await inSight();
    await table.evaluate((box) => {
      box.scrollLeft = 100;
    });
    expect(await table.evaluate((box) => box.scrollLeft)).toBe(100);
    await inSight();
    await finger(page, await middleOf(page.locator('.sides .picture').first()), -150);
    await page.locator('.said', { hasText: /^1 of / }).waitFor();
    expect(await table.evaluate((box) => box.scrollLeft)).toBe(100);
  });

  test('a finger moves a picture that is wider than a phone, and makes no step', async () => {
    const wide = altered(report, ({ cases }) => {
      for (const one of cases) one.pages = 32;
    });
    const { page } = await opened(on, `${wide}#cell=${CELL}`, PHONE);
    const picture = page.locator('.sides .picture');
    await finger(page, await middleOf(picture), -150);
    await expect.poll(() => picture.evaluate((box) => box.scrollLeft)).toBeGreaterThan(100);
    expect(await said(page)).toMatch(/^0 of 3 /);
  });

  test('on paper it is the matrix, and each step of what is open', async () => {
    const { page } = await at(`#cell=${CELL}&step=2`);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.matrix table').first().isVisible()).toBe(true);
    expect(await page.locator('.storyboard .picture:visible').count()).toBe(4);
    expect(await page.locator('.controls').isVisible()).toBe(false);
    expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
  });
});
