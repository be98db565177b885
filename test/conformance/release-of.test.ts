import { expect, test } from 'vitest';
import { releaseOf } from '../../src/conformance/release-of.js';
import { everyRelease } from '../support/releases.js';

test.each([
  ['6.12.107+deb13-amd64', 'v6.12'],
  ['5.10.0-31-cloud-amd64', 'v5.7'],
  ['5.10.223', 'v5.7'],
  ['7.0.13', 'v6.18'],
  // Stable kernels to which fixes came that a caller can see.
  ['6.12.113+deb13-amd64', 'v6.12'],
  ['6.12.115', 'v6.12.115'],
  ['6.12.118', 'v6.12.115'],
  ['6.1.187', 'v6.1'],
  ['6.1.195', 'v6.1.192'],
  ['7.2-rc3', 'v7.2.6'],
  ['7.2-amd64', 'v7.2.6'],
  ['7.2.6', 'v7.2.6'],
  ['7.2.9', 'v7.2.9'],
  ['7.2.11', 'v7.2'],
  ['7.2.14', 'v7.2'],
  ['7.3.0-rc7', 'v7.2'],
  ['7.3-rc7-cloud-amd64', 'v7.2'],
  ['7.3.0-rc6', 'v7.3'],
  ['6.17.0-rc1', 'v6.17-rc1'],
  ['6.17.0-rc5-amd64', 'v6.17-rc1'],
  ['6.17.0-rc6', 'v6.17.5'],
  ['6.17.5', 'v6.17.5'],
  ['6.17.6', 'v6.17'],
  ['6.5.0-rc1', 'v6.5.3'],
  ['6.18.7', 'v6.17'],
  ['6.18.8', 'v6.18'],
  ['6.17.13', 'v6.17'],
  ['2.6.32.71', 'v2.6.12'],
  ['2.6.33', 'v2.6.33'],
  ['4.19.0', 'v2.6.33'],
  ['v7.1[early=3]', 'v7.1'],
])('a kernel of version %s is expected to behave as %s', (version, id) => {
  expect(releaseOf(version)?.id).toBe(id);
});

test.each(everyRelease)('%s is expected to behave as itself', (id, one) => {
  expect(releaseOf(id)).toBe(one);
});

test.each(['99.1.0', '2.4.37', 'unknown', ''])('no release stands for "%s"', (version) => {
  expect(releaseOf(version)).toBeUndefined();
});
