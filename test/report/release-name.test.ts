import { describe, expect, test } from 'vitest';
import { shortName, withoutFolders } from '../../src/report/release-name.js';

describe('names of releases', () => {
  test.each([
    ['patches/one.json', 'one'],
    ['one.ts', 'one'],
    ['../a.b/one.two.mjs', 'one.two'],
    ['patches/one.json@v7.0', 'one@v7.0'],
    ['patches/one.json@other/two.js@v7.2', 'one@two@v7.2'],
    ['patches/one.json[early=off]', 'one[early=off]'],
    ['v7.0[early=off]', 'v7.0[early=off]'],
  ])('leave out the folders of %s', (id, name) => {
    expect(withoutFolders(id)).toBe(name);
  });

  test('are headed by the first kernel that a release stands for', () => {
    expect(shortName('v6.12')).toBe('6.12');
    // 7.2.6 is as 7.1; what v7.2 names came with 7.2.11.
    expect(shortName('v7.2')).toBe('7.2.11');
    expect(shortName('v7.2[move=4]')).toBe('7.2[move=4]');
    expect(shortName('patches/one.json@v7.0')).toBe('one@v7.0');
  });
});
