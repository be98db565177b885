import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cli, fileWith, MAIN } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { specText } from '../support/specs.js';
import { everyKind } from './specs.js';

/** Runs the command where no file can be longer than so many KiB, which is as a disk without more room. */
function within(room: number, args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', `ulimit -f ${room}; exec "$@"`, 'bash', process.execPath, MAIN, ...args],
    { encoding: 'utf8' },
  );
  return { code: status, stdout, stderr };
}

const small = fileWith('spec.json', specText());

describe('a run for which there is no room', () => {
  test.each([
    ['the journal', everyKind(), 16, 'journal.jsonl', false],
    ['the report, which is printed all the same', small, 12, 'report.json', true],
  ])(
    'in %s ends with a line that names the file, and is gone on with later',
    async (_, spec, room, file, isShown) => {
      const run = join(newFolder(), 'run');
      const { code, stdout, stderr } = within(room, ['verify', '--quiet', '--run', run, spec]);
      const whole = await cli(['verify', '--quiet', spec]);
      expect({ code, stdout }).toEqual({ code: 3, stdout: isShown ? whole.stdout : '' });
      expect(stderr).toBe(
        `mremap-check: ${join(run, file)}: cannot be written (EFBIG); verify --resume ${run} goes on with the run\n`,
      );
      const resumed = await cli(['verify', '--quiet', '--resume', run]);
      expect(resumed).toEqual(whole);
      expect(existsSync(join(run, 'report.json'))).toBe(true);
    },
  );

  test('from its beginning is refused', () => {
    const run = join(newFolder(), 'run');
    const { code, stderr } = within(0, ['verify', '--quiet', '--run', run, small]);
    expect(code).toBe(2);
    expect(stderr).toBe(
      `mremap-check: --run ${run}: cannot be made (EFBIG), expected a place for a new folder\n`,
    );
    expect(existsSync(run)).toBe(false);
  });
});

test('a page for which there is no room is named in a line', () => {
  const folder = join(newFolder(), 'page');
  const { code, stderr } = within(64, ['report', '--quiet', '-o', folder, small]);
  expect(code).toBe(2);
  expect(stderr).toBe(
    `mremap-check: -o ${join(folder, 'index.html')}: cannot be written (EFBIG), expected a file to write\n`,
  );
  expect(existsSync(join(folder, 'index.html'))).toBe(false);
});
