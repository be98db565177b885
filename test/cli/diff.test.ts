import { describe, expect, test } from 'vitest';
import { cli } from './run-cli.js';

const SMALL = ['--pages', '3', '--quiet'];

describe('mremap-check diff', () => {
  test('names each change, draws its smallest call, and says where the two part', async () => {
    const { code, stdout, stderr } = await cli(['diff', 'v7.0', 'v7.1', ...SMALL]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    expect(stdout).toContain('v7.0 -> v7.1: 5 changes that callers can tell');
    expect(stdout).toMatch(/at headroom 0 to 3: succeeds\s+-> ENOMEM, nothing changed/);
    expect(stdout).toMatch(/parts at +early-count-check +early-count-check/);
    expect(stdout).toContain('in check_mremap_params()');
    expect(stdout).toMatch(
      /tried +3 pages, up to 3 VMAs of anon rw, anon rw populated,\s+up to 1\s+anon_vma;/,
    );
    expect(stdout).toContain('not tried larger windows');
  });

  test.each([
    ['v7.0', 'v7.1'],
    ['v2.6.12', 'v2.6.33'],
    ['v5.13', 'v5.16'],
    ['v6.16', 'v6.17-rc1'],
    ['v7.1', 'v7.2'],
    ['v7.1', 'patches/early-check-of-new-address.json'],
  ])('%s %s --format mail is ASCII in 72 columns', async (a, b) => {
    const classes = ['--classes', 'anon rw populated locked', 'hugetlb rw', 'fpriv rw'];
    const args = ['diff', a, b, '--pages', '3', '--vmas', '2', '--odd', ...classes, '--quiet'];
    const { code, stdout } = await cli([...args, '--format', 'mail'], {
      env: { FORCE_COLOR: '1' },
    });
    // Nothing had to be cut for that.
    expect(stdout).toBe((await cli(args)).stdout);
    expect(code).toBe(0);
    const lines = stdout.split('\n');
    expect(lines.length).toBeGreaterThan(20);
    for (const line of lines) {
      expect(line.length, line).toBeLessThanOrEqual(72);
      expect(line).toMatch(/^[\x20-\x7e]*$/);
    }
  });

  test('keeps the widest window that it takes within 72 columns', async () => {
    const { stdout } = await cli([
      ...['diff', 'v7.0', 'v7.1', '--pages', '12', '--vmas', '1', '--classes', 'anon r'],
      ...['--flags', '0', '--headroom', '3..3', '--quiet'],
    ]);
    expect(stdout).toContain('no-op');
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(72);
  });

  test('says of a release and itself that nothing differs, and where', async () => {
    const { code, stdout } = await cli(['diff', 'v6.12', 'v6.12', ...SMALL]);
    expect(code).toBe(0);
    expect(stdout).toContain('v6.12 and v6.12 do not differ: every call tried ends alike on both.');
    expect(stdout).toContain('headroom 0 to 8');
  });

  test('prints JSON with a version, the bounds and every change', async () => {
    const { stdout } = await cli(['diff', 'v7.0', 'v7.1', ...SMALL, '--json']);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      version: 1,
      releases: ['v7.0', 'v7.1'],
      complete: true,
      bounds: { pages: 3, headrooms: [0, 8] },
    });
    expect(report.notTried).toContain('larger windows');
    expect(report.changes[0]).toMatchObject({
      name: 'succeeds -> ENOMEM, nothing changed',
      from: { result: 'ok' },
      headrooms: [0, 1, 2, 3],
      smallest: { kind: 'difference', setup: expect.any(Array) },
      parting: [{ passes: false }, { kernel: 'do_mremap' }],
    });
  });

  test.each([
    ['text', []],
    ['JSON', ['--json']],
  ])('prints the same bytes of %s for any number of workers', async (_, flags) => {
    const outputs = await Promise.all(
      ['0', '2'].map((n) => cli(['diff', 'v6.12', 'v6.15', ...SMALL, '--workers', n, ...flags])),
    );
    expect(new Set(outputs.map(({ stdout }) => stdout)).size).toBe(1);
    expect(outputs[0]?.stdout.length).toBeGreaterThan(500);
  });

  test('takes limits, flags, calls and classes', async () => {
    const { code, stdout } = await cli([
      ...['diff', 'v6.10', 'v6.12', ...SMALL, '--limits', '1..4', '--classes', 'anon rw sealed'],
      ...['--calls', 'munmap', 'mremap', '--flags', '0', 'MAYMOVE|FIXED', '--vmas', '2', '--odd'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/max_map_count 1\s+to\s+4/);
    expect(stdout).toMatch(
      /mremap\(\)\s+with\s+flags\s+0,\s+MAYMOVE\|FIXED,\s+odd\s+arguments\s+too/,
    );
    expect(stdout).toMatch(/munmap at headroom/);
  });

  test('has VMAs of a class that is displaced', async () => {
    const { code, stdout } = await cli([
      ...['diff', 'v7.1', 'v7.2', '--pages', '2', '--classes', 'anon rw displaced'],
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('anon rw displaced');
    expect(stdout).not.toContain('(1 address space');
  });

  test('says no more of headrooms than those that were tried', async () => {
    const tried = ['--pages', '3', '--headroom', '2..4', '--quiet'];
    const { stdout } = await cli(['diff', 'v2.6.33', 'v5.1', ...tried]);
    // 5.1 asks for 6 map slots up front, 2.6.33 for 3 beside what an unmapping takes.
    expect(stdout).toContain('FIXED move at headroom 3 to 4: succeeds -> ENOMEM');
    expect(stdout).toContain('at headroom 2 to 4: succeeds -> ENOMEM');
    expect(stdout).not.toMatch(/any headroom|and above/);
  });

  test('has headrooms below zero where it is asked for them', async () => {
    const { stdout } = await cli([
      'diff',
      'v7.0',
      'v7.1',
      ...SMALL,
      '--headroom',
      '-2..5',
      '--json',
    ]);
    const [first] = JSON.parse(stdout).changes;
    expect(first.headrooms).toEqual([-2, -1, 0, 1, 2, 3]);
  });

  test.each([
    [['v9.9', 'v7.1'], 'first release: found "v9.9", expected one of'],
    [['v7.1', 'v9.9'], 'second release: found "v9.9", expected one of'],
    [['v7.1'], "missing required argument 'b'"],
    [['v7.0', 'v7.1', '--classes', 'anon wr'], '--classes: '],
    [['v7.0', 'v7.1', '--headroom', '5..2'], '--headroom: found "5..2", expected A..B'],
    [['v7.0', 'v7.1', '--limits', 'few'], '--limits: found "few", expected A..B'],
    [['v7.0', 'v7.1', '--flags', 'MOVE'], '--flags: found "MOVE", expected one of MAYMOVE'],
    [['v7.0', 'v7.1', '--calls', 'brk'], '--calls: found "brk", expected one of mremap'],
    [
      ['v7.0', 'v7.1', '--classes', 'anon rw', 'anon rw'],
      '--classes: found "anon rw" a second time, expected each once',
    ],
    [
      ['v7.0', 'v7.1', '--flags', 'MAYMOVE|FIXED', 'FIXED|MAYMOVE'],
      '--flags: found "FIXED|MAYMOVE" a second time, expected each once',
    ],
    [['v7.0', 'v7.1', '--calls', 'munmap', 'munmap'], '--calls: found "munmap" a second time'],
    [['v7.0', 'v7.1', '--pages', '64'], 'Expected a whole number from 1 to 12'],
    [['v7.0', 'v7.1', '--json', '--format', 'mail'], "cannot be used with option '--json'"],
    [['v7.0', 'v7.1', '--format', 'html'], 'Allowed choices are text, mail'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const { code, stdout, stderr } = await cli(['diff', ...args]);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(message);
  });

  test('reports what is done when it is interrupted, and exits with 3', async () => {
    const { code, stdout, stderr } = await cli(
      ['diff', 'v7.0', 'v7.1', '--pages', '8', '--workers', '1'],
      { after: 1500, signal: 'SIGINT' },
    );
    expect(code).toBe(3);
    expect(stderr).toContain('interrupted');
    expect(stdout).toContain('interrupted: counts are too small');
  });
});
