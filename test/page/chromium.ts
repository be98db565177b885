import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's; MREMAP_CHECK_CHROMIUM names another. */
const PROGRAM = process.env['MREMAP_CHECK_CHROMIUM'] ?? '/usr/bin/chromium';

/** Why there is no browser to look at pages with; undefined if there is one. */
export const noBrowser = existsSync(PROGRAM)
  ? undefined
  : `no ${PROGRAM}: apt-get install chromium, or name another in MREMAP_CHECK_CHROMIUM`;

export const browser = (): Promise<Browser> =>
  chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox'] });

/** A page in a context of its own, with what it complained about. */
export interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Addresses that it asked for besides its own. */
  readonly requests: readonly string[];
}

export async function opened(
  on: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Opened> {
  const context = await on.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => requests.push(request.url()));
  await page.goto(url);
  await page.locator('header h1').waitFor();
  return { page, complaints, requests: requests };
}

/** An accessibility rule that a page breaks, with where it does. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/**
 * What axe-core finds serious or critical.
 *
 * @param only the one rule to ask for; all without it
 */
export async function seriousFindings(page: Page, axe: string, only?: string): Promise<string[]> {
  // By the debugger, which the page's own policy does not keep out.
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  const options = {
    resultTypes: ['violations'],
    ...(only === undefined ? {} : { runOnly: [only] }),
  };
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    readonly violations: readonly Violation[];
  };
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
}

/** By how many pixels the page is wider than the window. */
export const overhang = (page: Page): Promise<number> =>
  page.evaluate(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  ) as Promise<number>;

/** A finger that goes over a place by so many pixels, as the browser itself would have it. */
export async function finger(page: Page, { x, y }: { x: number; y: number }, by: number) {
  const session = await page.context().newCDPSession(page);
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at === undefined ? [] : [{ x: x + at, y }],
    });
  await touch('touchStart', 0);
  for (let part = 1; part <= 10; part++) await touch('touchMove', (by * part) / 10);
  await touch('touchEnd');
  await session.detach();
}
