import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder } from '../support/new-folder.js';
import { hasScript, PseudoTerminal } from './pseudo-terminal.js';
import { cli } from './run-cli.js';

const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';

/** The terminal has its settings and its screen again. */
function expectRestored({ output, settings }: PseudoTerminal): void {
  expect(settings).toHaveLength(2);
  expect(settings[1]).toBe(settings[0]);
  expect(output.split(ENTER)).toHaveLength(2);
  expect(output.split(LEAVE)).toHaveLength(2);
  expect(output.indexOf(LEAVE)).toBeGreaterThan(output.indexOf(ENTER));
}

function expectFits({ screen }: PseudoTerminal): void {
  expect(screen.length).toBeLessThanOrEqual(24);
  for (const line of screen) expect(line.length).toBeLessThanOrEqual(80);
}

describe.skipIf(!hasScript())(
  'mremap-check explore on a terminal (needs script of util-linux)',
  () => {
    test('obeys what is typed, shows it in 80 columns and 24 lines, and leaves the terminal as it was', async () => {
      const file = join(newFolder(), 'saved.jsonl');
      const terminal = new PseudoTerminal(['explore', '--release', 'v7.1', '--pages', '8']);
      await terminal.sees('> ');
      await terminal.sees(ENTER);
      expectFits(terminal);
      await terminal.types('mmap(0, 4, anon rw)\r', '|A A A A|. . . .');
      await terminal.types('limit 4\r', 'map_count 1 of 4, 3 slots left');
      await terminal.types('mremap(0, 4, 2)\r', 'refused by early-count-check');
      expectFits(terminal);
      await terminal.types('r v6.12\r', 'beside v7.1');
      expect(terminal.screen.join('\n')).toContain('beside    |A A A A|. . . .');
      expectFits(terminal);
      await terminal.types('u\r', 'refused by early-count-check');
      await terminal.types('brk(1)\r', 'found brk, expected a call, one of mmap');
      expectFits(terminal);
      await terminal.types('c munmap(1, *)\r', 'by outcome');
      await terminal.types('2\r', '1 munmap(1, 1)');
      await terminal.types('1\r', 'munmap(1, 1) = 0');
      expectFits(terminal);
      await terminal.types(`save ${file}\r`, 'explored-1 added');
      expect(await terminal.ends('q\r')).toBe(0);
      expectRestored(terminal);
      const [outcome] = (await cli(['replay', '--release', 'v7.1', file])).stdout.split('\n');
      const { steps } = JSON.parse(outcome ?? '');
      expect(steps.map(({ result }: { result: object }) => result)).toEqual([
        { errno: 'ENOMEM' },
        { ok: 0 },
      ]);
      expect(readFileSync(file, 'utf8').trimEnd().split('\n')).toHaveLength(1);
    });

    test('has TAB, a history of lines, and keys that page', async () => {
      const terminal = new PseudoTerminal(['explore', '--pages', '8']);
      await terminal.sees('-- 1 to');
      await terminal.types('\x1b[6~', '-- 7 to');
      await terminal.types('\x1b[5~', '-- 1 to');
      await terminal.types('mun\t', 'mun');
      await terminal.types('m\t', 'ap(');
      await terminal.types('0, 1)\r', 'munmap(0, 1) = 0');
      await terminal.types('\x1b[A\r', '2 munmap(0, 1) = 0');
      expect(await terminal.ends('q\r')).toBe(0);
      expectRestored(terminal);
    });

    test.each([
      ['Ctrl-C', '\x03', 3],
      ['Ctrl-D', '\x04', 0],
    ])('leaves the terminal as it was behind %s', async (_, key, code) => {
      const terminal = new PseudoTerminal(['explore']);
      await terminal.sees('? for help');
      expect(await terminal.ends(key)).toBe(code);
      expectRestored(terminal);
    });

    test.each(['SIGTERM', 'SIGHUP'] as const)('leaves it so behind %s too', async (signal) => {
      const terminal = new PseudoTerminal(['explore']);
      await terminal.sees('? for help');
      expect(await terminal.signalled(signal)).toBe(3);
      expectRestored(terminal);
    });

    test('writes no colours where NO_COLOR is set', async () => {
      const plain = new PseudoTerminal(['explore'], { NO_COLOR: '1' });
      await plain.sees('? for help');
      await plain.ends('q\r');
      const coloured = new PseudoTerminal(['explore']);
      await coloured.sees('? for help');
      await coloured.ends('q\r');
      expect(coloured.output).toContain('\x1b[1m');
      expect(plain.output).not.toContain('\x1b[1m');
    });
  },
);
