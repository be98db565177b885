import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ReportData } from '../../src/html/data.js';
import { type SmallReport, smallReport } from '../page/small-report.js';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { cli, fileWith } from './run-cli.js';

/** The data of a page, as the page itself reads it. */
function dataOf(html: string): ReportData {
  const [, text] =
    /<script type="application\/json" id="report-data">(.*?)<\/script>/s.exec(html) ?? [];
  return JSON.parse(text ?? '') as ReportData;
}

describe('mremap-check report', () => {
  let report: SmallReport;
  let html: string;
  let verified: string;
  beforeAll(async () => {
    report = await smallReport();
    html = readFileSync(report.file, 'utf8');
    verified = (await cli(['verify', '--json', report.spec])).stdout;
  });

  const from = async (text: string, ...flags: string[]) => {
    const out = newFolder();
    const result = await cli(['report', '--from', '-', '-o', out, ...flags], { input: text });
    return { ...result, file: join(out, 'index.html') };
  };

  test('writes one file and says so; the exit code is that of verify', async () => {
    expect(report.code).toBe(1);
    expect(report.stdout).toBe('');
    expect(report.stderr).toBe(`wrote ${report.file} (${(html.length / 1e6).toFixed(2)} MB)\n`);
    expect(readdirSync(join(report.file, '..'))).toEqual(['index.html']);
    const kept = fileWith('spec.json', specText());
    expect((await cli(['report', kept, '-o', newFolder(), '--quiet'])).code).toBe(0);
  });

  test('makes the same bytes from what verify --json wrote', async () => {
    const again = await from(verified);
    expect(again.code).toBe(1);
    expect(readFileSync(again.file, 'utf8')).toBe(html);
  });

  test('loads nothing, and runs nothing but what it came with', () => {
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toMatch(/^default-src 'none'; script-src 'sha256-\S+'; style-src 'sha256-\S+';/);
    expect(html).not.toMatch(/<(?:script|link|img)[^>]*(?:src|href)=/);
  });

  test('keeps text that would end a script to itself', () => {
    expect(html.match(/<\/script>/g)).toHaveLength(2);
    expect(dataOf(html).specs[0]?.sources[0]?.says).toBe('bail out </script> earlier');
  });

  test('says each case once, whatever number of verdicts it stands behind', () => {
    const { cases, specs } = dataOf(html);
    const shown = specs.flatMap(({ checks }) =>
      checks.flatMap((check) =>
        check.kind === 'compare' ? [] : check.verdicts.filter((v) => v.shown?.kind === 'call'),
      ),
    );
    expect(new Set(cases.map((one) => JSON.stringify(one))).size).toBe(cases.length);
    expect(shown.length).toBeGreaterThan(0);
  });

  test('counts the classes of differences in smaller windows too', () => {
    const [counts] = dataOf(html).classes;
    expect(counts?.releases).toEqual(['v2.6.33', 'v5.1']);
    expect(counts?.points.map(({ pages }) => pages)).toEqual([1, 2, 3]);
    const classes = counts?.points.map((point) => point.classes) ?? [];
    expect(classes).toEqual([...classes].sort((a, b) => a - b));
    expect(classes[2]).toBeGreaterThan(0);
  });

  test('does not write over what is not its own', async () => {
    const out = newFolder();
    const file = join(out, 'index.html');
    writeFileSync(file, 'My diary');
    const { code, stderr } = await cli(['report', report.spec, '-o', out, '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}: found a file that is no report`);
    expect(readFileSync(file, 'utf8')).toBe('My diary');
    writeFileSync(file, html);
    expect((await cli(['report', fileWith('s.json', specText()), '-o', out, '--quiet'])).code).toBe(
      0,
    );
    expect(readFileSync(file, 'utf8')).not.toBe(html);
  });

  test('refuses a folder that cannot be one', async () => {
    const out = join(newFolder(), 'taken');
    writeFileSync(out, '');
    const { code, stderr } = await cli(['report', report.spec, '-o', out, '--quiet']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/-o .*taken: cannot be made \(EEXIST\), expected a folder/);
  });

  test.each([
    ['no JSON', 'tale', /found something that is not JSON/],
    ['something else', '{"version":1}', /: found no verification, expected what verify --json/],
    ['half of it', '{"version":1,"asExpected":true}', /\.complete: found nothing, expected bool/],
    ['another version', '{"version":2,"asExpected":true}', /\.version: found 2, expected 1/],
  ])('refuses %s in --from and names what was found', async (_, text, message) => {
    const { code, stderr, file } = await from(text);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).toContain('standard input');
    expect(existsSync(file)).toBe(false);
  });

  test('does not show what the model does not do', async () => {
    const told = JSON.parse(verified) as { specs: { checks: { verdicts: unknown[] }[] }[] };
    const verdict = told.specs[0]?.checks[0]?.verdicts.find(
      (one) => (one as { found: string }).found === 'violated',
    ) as { counterexample: { result: string } };
    verdict.counterexample.result = '-EINVAL';
    const { code, stderr, file } = await from(JSON.stringify(told));
    expect(code).toBe(2);
    expect(stderr).toMatch(/found a call on v2\.6\.33 that returns -EINVAL, expected -ENOMEM/);
    expect(existsSync(file)).toBe(false);
  });

  test.each([['--from', 'no.json'], ['no.json']])(
    'makes no folder where %s has nothing to show',
    async (...args) => {
      const out = join(newFolder(), 'page');
      const { code } = await cli(['report', ...args, '-o', out]);
      expect([code, existsSync(out)]).toEqual([2, false]);
    },
  );

  test('takes either specs or --from', async () => {
    const { code, stderr } = await cli(['report', report.spec, '--from', report.spec]);
    expect(code).toBe(2);
    expect(stderr).toContain('--from: found specs or --confirm beside it, expected it alone');
  });

  test('an interrupted run leaves a page of what was done, and says that it is incomplete', async () => {
    const spec = specText((long) => {
      // The first is done at once, the second not in this life.
      long.checks.unshift({
        check: 'reach',
        title: 'A page',
        release: 'v5.1',
        bounds: { classes: ['anon r'], calls: ['mmap'] },
        runs: [{ pages: 1, limit: 1 }],
        expect: [],
      });
      long.checks[1].bounds.pages = 12;
    });
    const out = newFolder();
    const args = ['report', fileWith('long.json', spec), '-o', out, '--workers', '1'];
    const { code } = await cli(args, { signal: 'SIGINT' });
    expect(code).toBe(3);
    expect(dataOf(readFileSync(join(out, 'index.html'), 'utf8')).complete).toBe(false);
  });

  test('marks what a kernel confirms', async () => {
    const out = newFolder();
    await cli(['report', report.spec, '-o', out, '--quiet', '--confirm', 'model:v2.6.33']);
    const { confirmedOn, specs } = dataOf(readFileSync(join(out, 'index.html'), 'utf8'));
    expect(confirmedOn?.name).toContain('v2.6.33');
    const states = specs.flatMap(({ checks }) =>
      checks.flatMap((check) =>
        check.kind === 'compare' ? [] : check.verdicts.flatMap((v) => v.confirmation?.state ?? []),
      ),
    );
    expect(states).toContain('confirmed');
  });
});
