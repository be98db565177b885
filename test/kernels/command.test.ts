import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { release as running } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, fileWith } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { bzImage, greeting, interrupting, script } from './fakes.js';

/** A cache in which a fetched image lies, and a file beside it that is none. */
async function cacheWithImage(): Promise<{ cache: string; image: string }> {
  const cache = newFolder();
  const kernels = join(cache, 'mremap-check', 'kernels');
  await mkdir(kernels, { recursive: true });
  const image = join(kernels, 'vmlinuz-6.12.1-cloud-amd64');
  writeFileSync(image, bzImage('6.12.1-cloud-amd64 (who) #1 SMP'));
  writeFileSync(join(kernels, 'vmlinuz-broken'), 'no image');
  return { cache, image };
}

test('kernels lists the running one, user-mode Linux, and images', async () => {
  const { cache, image } = await cacheWithImage();
  const { code, stdout } = await cli(['kernels', '--json'], { env: { XDG_CACHE_HOME: cache } });
  expect(code).toBe(0);
  const { kernels } = JSON.parse(stdout) as { kernels: { name: string }[] };
  expect(kernels.slice(0, 2).map(({ name }) => name)).toEqual(['live', 'uml']);
  expect(kernels[0]).toMatchObject({
    version: expect.stringContaining(running().split('-')[0] ?? ''),
  });
  expect(kernels.filter(({ name }) => name.startsWith(cache))).toEqual([
    expect.objectContaining({ name: image, version: '6.12.1-cloud-amd64', release: 'v6.12' }),
  ]);
});

test('kernels says what is missing', async () => {
  const { cache, image } = await cacheWithImage();
  const { code, stdout } = await cli(['kernels'], { env: { XDG_CACHE_HOME: cache, PATH: cache } });
  expect(code).toBe(0);
  const lines = stdout.split('\n');
  const below = (name: string): string[] => {
    const at = lines.indexOf(name);
    return lines.slice(at + 1, at + 3);
  };
  expect(below('live')[1]).toBe('  there is no C compiler: install the package gcc');
  expect(below('uml')).toEqual([
    '  version unknown',
    '  there is no linux.uml: install the package user-mode-linux',
  ]);
  expect(below(image)).toEqual([
    '  6.12.1-cloud-amd64, as v6.12',
    '  there is no qemu-system-x86_64: install the package qemu-system-x86',
  ]);
  expect(lines.every((line) => line.length <= 80 || line === image)).toBe(true);
});

test.each([
  ['', 'no program'],
  [newFolder(), 'no program that may be run'],
  [fileWith('no-program', ''), 'no program that may be run'],
  [join(newFolder(), 'linux'), 'nothing there'],
])('uml:%s is refused before anything is booted: found %s', async (program, found) => {
  const { code, stdout, stderr } = await cli(['identify', '--kernel', `uml:${program}`]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(`uml:${program}: found ${found}, expected a kernel built for ARCH=um`);
});

test('verify --confirm refuses a kernel that no release stands for before it begins', async () => {
  const spec = fileWith('spec.json', specText());
  const kernel = `uml:${script('linux', `echo "${greeting('9.9.9')}"; read line`)}`;
  const run = join(newFolder(), 'run');
  const { code, stderr } = await cli(['verify', spec, '--confirm', kernel, '--run', run]);
  expect(code).toBe(2);
  expect(stderr).toContain('found version 9.9.9, which no release stands for');
  expect(existsSync(run)).toBe(false);
});

describe('an interruption while a kernel does not answer', async () => {
  const spec = fileWith('spec.json', specText());
  const report = fileWith('report.json', (await cli(['verify', '--json', spec])).stdout);

  test.each([
    ['confirm', (kernel: string) => ['confirm', report, '--kernel', kernel], ''],
    [
      'verify --confirm',
      (kernel: string) => ['verify', '--quiet', spec, '--confirm', kernel],
      'all as expected (1 expected violation)',
    ],
  ])('ends %s with 3, and the kernel with it', async (_, args, says) => {
    const pid = join(newFolder(), 'pid');
    const { code, stdout } = await cli(args(`uml:${interrupting('2.6.33', pid)}`));
    expect(code).toBe(3);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(says);
    expect(existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}`)).toBe(false);
  });
});
