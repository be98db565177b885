import { expect, test } from 'vitest';
import { releaseById } from '../../src/model/releases/index.js';

test.each([
  ['v2.6.33', 'v2.6.33'],
  ['v5.0', 'v2.6.33'],
  ['v4.19', 'v2.6.33'],
  ['v5.10', 'v5.7'],
  ['5.12', 'v5.7'],
  ['v6.14', 'v6.12'],
  ['v7.0', 'v6.17'],
  ['v6.17.13', 'v6.17'],
  ['v7.2', 'v7.2'],
])('%s is modelled by %s', (id, release) => {
  expect(releaseById(id)?.id).toBe(release);
});

// 2.6.32 still splits with a check of its own, 6.1 has a release of its own to come, 7.9 is not out.
test.each(['v2.6.32', 'v6.1', 'v6.11', 'v7.9', '6', 'latest', ''])('%s is not modelled', (id) => {
  expect(releaseById(id)).toBeUndefined();
});
