import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { releaseOf } from '../../src/conformance/release-of.js';
import { BadInput } from '../../src/input/bad-input.js';
import { imageVersion } from '../../src/kernels/image.js';
import { fullVersion } from '../../src/kernels/version.js';
import { newFolder } from '../support/new-folder.js';
import { bzImage } from './fakes.js';

function file(content: Buffer | string): string {
  const path = join(newFolder(), 'vmlinuz');
  writeFileSync(path, content);
  return path;
}

describe('the version of an image', () => {
  test('is the one that its header points at', () => {
    const banner = '6.12.107+deb13-cloud-amd64 (who@where) #1 SMP Debian 6.12.107-1 (2026-08-29)';
    expect(imageVersion(file(bzImage(banner)))).toBe('6.12.107+deb13-cloud-amd64');
  });

  test('has its candidate where only the build names it', () => {
    const banner = '7.3-cloud-amd64 (who@where) #1 SMP Debian 7.3~rc7-1~exp1 (2026-10-16)';
    expect(imageVersion(file(bzImage(banner)))).toBe('7.3-rc7-cloud-amd64');
  });

  test.each([
    ['text', 'not a kernel\n', 'found no "HdrS" at byte 514, expected a kernel image'],
    ['empty', '', 'found no "HdrS" at byte 514, expected a kernel image'],
    ['without a version', bzImage(''), 'found no version in its header'],
  ])('is none of a file that is no image: %s', (_what, content, message) => {
    const path = file(content);
    expect(() => imageVersion(path)).toThrow(BadInput);
    expect(() => imageVersion(path)).toThrow(`${path}: ${message}`);
  });

  // Documentation/arch/x86/boot.rst: setup_sects (0: four) and the first sector, then syssize times 16 bytes.
  test.each([
    [0, 5 * 512 + 0x300 * 16],
    [1, 2 * 512 + 0x300 * 16],
  ])('is none of a part of one: %i sectors of setup', (sectors, whole) => {
    const image = Buffer.concat([bzImage('6.12.1 (who) #1 SMP'), Buffer.alloc(0x3000)]);
    image.writeUInt8(sectors, 0x1f1);
    image.writeUInt32LE(0x300, 0x1f4);
    const cut = file(image.subarray(0, whole - 1));
    expect(() => imageVersion(cut)).toThrow(
      `${cut}: found ${whole - 1} bytes, expected the ${whole} that its header announces`,
    );
    expect(imageVersion(file(image.subarray(0, whole)))).toBe('6.12.1');
    // What is signed has its signature behind it.
    expect(imageVersion(file(image))).toBe('6.12.1');
  });

  test('is none of a file that is not there, or a folder', () => {
    expect(() => imageVersion('/nonexistent/vmlinuz')).toThrow(
      '/nonexistent/vmlinuz: no such file, expected a kernel image (bzImage)',
    );
    expect(() => imageVersion(newFolder())).toThrow('found no regular file');
  });
});

test.each([
  ['6.18.44', '#1 SMP @0', '6.18.44'],
  ['7.3-cloud-amd64', '#1 SMP Debian 7.3~rc7-1~exp1', '7.3-rc7-cloud-amd64'],
  ['7.3.0-rc7', '#1 SMP 7.3-rc7', '7.3.0-rc7'],
  ['6.1.0-56-amd64', '#1 SMP Debian 6.1.192-2 (2026-11-16)', '6.1.192-56-amd64'],
  ['6.8.0-45-generic', '#45-Ubuntu SMP', '6.8.0-45-generic'],
  ['6.5.0-9-generic', '#9-Ubuntu SMP Ubuntu 6.5.0-9.9-generic 6.5.3', '6.5.3-9-generic'],
  // A candidate of another release says nothing of this one.
  ['7.30', '#1 built on 7.3~rc7', '7.30'],
])('%s, built as "%s", is %s', (version, build, full) => {
  expect(fullVersion(version, build)).toBe(full);
});

test.each([
  ['6.18.44-fc-v669', 'v6.18'],
  ['6.12.107+deb13-cloud-amd64', 'v6.12'],
  ['5.10.0-32-cloud-amd64', 'v5.7'],
  ['6.17.0-rc3', 'v6.17-rc1'],
  // Recorded as 7.2, so before what its number says.
  ['7.3-rc7-cloud-amd64', 'v7.2'],
  ['7.3.4+deb13-cloud-amd64', 'v7.3'],
  ['9.9.9', undefined],
  ['unknown', undefined],
])('%s is expected to behave as %s', (version, id) => {
  expect(releaseOf(version)?.id).toBe(id);
});
