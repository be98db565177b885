import { spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Whether there is what opens a pseudo-terminal: script, as util-linux has it. */
export const hasScript = (): boolean =>
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

/** To the last line, where one types. */
const PROMPT_PLACE = '\x1b[24;1H';
const CLEAR = '\x1b[H\x1b[2J';
/** Escape sequences that colour, clear and move. */
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;?]*[A-Za-z]`, 'g');

/** A command on a terminal of 80 columns and 24 lines. */
export class PseudoTerminal {
  /** All that was written to the terminal, the settings of the terminal before and after among it. */
  output = '';
  private readonly child;
  private readonly ended: Promise<number | null>;

  /** @param args of the built command, without blanks */
  constructor(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const command = [process.execPath, MAIN, ...args].join(' ');
    const named = `sh -c 'echo process $$; exec ${command}'`;
    // Set to nothing they are set, and Node 22 warns of both on the screen.
    const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
    const shell = `stty rows 24 cols 80; stty -g; ${named}; code=$?; stty -g; exit $code`;
    this.child = spawn('script', ['-qefc', shell, '/dev/null'], {
      env: { ...inherited, TERM: 'xterm', SHELL: '/bin/sh', ...env },
    });
    this.child.stdout.on('data', (chunk: Buffer) => {
      this.output += chunk.toString();
    });
    this.ended = new Promise((resolve, reject) => {
      this.child.on('error', reject);
      this.child.on('close', resolve);
    });
  }

  /** The screen as it was drawn last, without colours. */
  get screen(): readonly string[] {
    const drawn = this.output.slice(this.output.lastIndexOf(CLEAR) + CLEAR.length);
    return drawn.replace(PROMPT_PLACE, '\n').replace(ESCAPES, '').split(/\r?\n/);
  }

  /** Waits until the terminal has been written this, from `since` on; throws where it never is. */
  async sees(what: string, since = 0): Promise<void> {
    const end = Date.now() + 20_000;
    while (!this.output.slice(since).includes(what)) {
      if (Date.now() > end) throw new Error(`never saw ${what} in:\n${this.output}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Types keys, and waits for what they lead to. */
  async types(keys: string, leadsTo: string): Promise<void> {
    const since = this.output.length;
    this.child.stdin.write(keys);
    await this.sees(leadsTo, since);
  }

  /** Types the last keys; the exit code of the command. */
  async ends(keys: string): Promise<number | null> {
    this.child.stdin.write(keys);
    const code = await this.ended;
    this.child.stdin.end();
    return code;
  }

  /** Sends the command a signal; its exit code. */
  async signalled(signal: NodeJS.Signals): Promise<number | null> {
    const [, id] = /process (\d+)/.exec(this.output) ?? [];
    process.kill(Number(id), signal);
    return this.ended;
  }

  /** Settings of the terminal, as stty -g writes them, before and after the command. */
  get settings(): readonly string[] {
    return this.output.match(/[0-9a-f]+(?::[0-9a-f]+){20,}/g) ?? [];
  }
}
