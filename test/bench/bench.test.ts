import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SMALL_ROWS } from '../checker/core-model.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

interface Row {
  readonly who: string;
  readonly pages: number;
  readonly limit: number;
  readonly states: number;
  readonly transitions: number;
  readonly edges?: number;
}

// Counts only: how long anything takes is for people to read. Peers that are not installed are left out.
describe('npm run bench -- --quick', () => {
  const ran = spawnSync('npm', ['run', '--silent', 'bench', '--', '--quick', '--json', 'core'], {
    cwd: ROOT,
    encoding: 'utf8',
  });

  test('ends well', () => {
    expect(ran.status, ran.stderr).toBe(0);
  });

  const rows = ran.status === 0 ? (JSON.parse(ran.stdout) as { core: Row[] }).core : [];

  test('has rows of our own', () => {
    expect(rows.filter(({ who }) => who === 'mremap-check')).toHaveLength(2);
  });

  test.each(rows)('$who, $pages pages: the known counts', (row) => {
    const known = SMALL_ROWS.find(
      ({ pages, limit, mmapCap }) =>
        pages === row.pages && limit === row.limit && mmapCap === row.limit,
    );
    expect(known).toMatchObject({
      states: row.states,
      transitions: row.transitions,
      ...(row.edges === undefined ? {} : { edges: row.edges }),
    });
  });
});
