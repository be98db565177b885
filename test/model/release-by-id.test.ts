import { expect, test } from 'vitest';
import { releaseById } from '../../src/model/releases/index.js';

test.each([
  ['v2.6.12', 'v2.6.12'],
  ['v2.6.32', 'v2.6.12'],
  ['v2.6.33', 'v2.6.33'],
  ['v5.0', 'v2.6.33'],
  ['v4.19', 'v2.6.33'],
  ['v5.10', 'v5.7'],
  ['5.11', 'v5.11'],
  ['5.12', 'v5.12'],
  ['v5.15', 'v5.13'],
  ['v5.18', 'v5.16'],
  ['v6.0', 'v5.16'],
  ['6.0.1', 'v5.16'],
  ['v6.1', 'v6.1'],
  ['v6.5', 'v6.5.3'],
  ['v6.5.4', 'v6.1'],
  ['v6.6', 'v6.1'],
  ['v6.8', 'v6.7'],
  ['v6.11', 'v6.10'],
  ['v6.14', 'v6.12'],
  ['v6.17-rc1', 'v6.17-rc1'],
  ['v6.17', 'v6.17'],
  ['v6.17.13', 'v6.17'],
  ['v7.0', 'v6.18'],
  ['v7.2', 'v7.2'],
])('%s is modelled by %s', (id, release) => {
  expect(releaseById(id)?.id).toBe(release);
});

// The model begins with 2.6.12, and 7.9 is not out.
test.each(['v2.6.11', 'v7.9', '6', 'latest', ''])('%s is not modelled', (id) => {
  expect(releaseById(id)).toBeUndefined();
});
