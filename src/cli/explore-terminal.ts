import { createInterface, type Interface } from 'node:readline';
import { completions } from '../explore/complete.js';
import { type Line, plain, styled, toned } from '../explore/line.js';
import { screen } from '../explore/screen.js';
import { obey, type Session } from '../explore/session.js';
import { BadInput } from '../input/bad-input.js';
import { ModelLimitError } from '../model/vma.js';
import { Exit } from './exit.js';
import { answer } from './explorer.js';
import { stdoutStyle } from './terminal.js';

/** The screen of its own that a terminal has for programs, and back to the one with the shell. */
const ENTER = '\x1b[?1049h';
const LEAVE = '\x1b[?1049l';
const CLEAR = '\x1b[H\x1b[2J';

/** What a terminal says of itself, or what a VT100 has. */
const sizeOf = ({ columns, rows }: NodeJS.WriteStream) => ({
  width: columns > 0 ? columns : 80,
  height: rows > 0 ? rows : 24,
});

const PAGE_KEYS: Readonly<Record<string, number>> = { pagedown: 1, pageup: -1 };

/** The screen of one exploration, with a line to type into at its end. */
class Terminal {
  private message: Line | undefined = plain('? for help, q to quit');
  private readonly tones = stdoutStyle();

  constructor(
    private session: Session,
    private readonly lines: Interface,
  ) {}

  /** Draws everything anew; what is being typed stays. */
  draw(): void {
    const { width, height } = sizeOf(process.stdout);
    const view = screen(this.session, this.message, { width, height: height - 1 });
    const text = view.map((line) => styled(line, this.tones)).join('\n');
    process.stdout.write(`${CLEAR}${text}\x1b[${height};1H`);
    this.lines.prompt(true);
  }

  page(by: number): void {
    this.session = obey(this.session, { do: 'page', by });
    this.draw();
  }

  /** @returns whether that is the end */
  obeys(line: string): boolean {
    try {
      const { session, says, quit } = answer(this.session, line);
      if (quit === true) return true;
      this.session = session;
      this.message = says === undefined ? undefined : toned(says, 'good');
    } catch (error) {
      const known = error instanceof BadInput || error instanceof ModelLimitError;
      if (!known) throw error;
      this.message = toned(error.message, 'bad');
    }
    this.draw();
    return false;
  }
}

/** Gives the terminal to the shell until the process is brought back. */
function suspend(back: () => void): void {
  process.stdin.setRawMode(false);
  process.stdout.write(LEAVE);
  process.once('SIGCONT', () => {
    process.stdin.setRawMode(true);
    process.stdout.write(ENTER);
    back();
  });
  process.kill(process.pid, 'SIGTSTP');
}

/** Draws and obeys until the user has enough; what throws ends it too. */
function until(lines: Interface, start: Session): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const terminal = new Terminal(start, lines);
    lines.on('line', (line) => {
      try {
        if (terminal.obeys(line)) resolve(Exit.ok);
      } catch (error) {
        reject(error);
      }
    });
    process.stdin.on('keypress', (_text: unknown, key: { name?: string; ctrl?: boolean }) => {
      const by = PAGE_KEYS[key.name ?? ''];
      if (by !== undefined) terminal.page(by);
      if (key.ctrl === true && key.name === 'l') terminal.draw();
    });
    lines.on('SIGINT', () => resolve(Exit.incomplete));
    lines.on('SIGTSTP', () => suspend(() => terminal.draw()));
    lines.on('close', () => resolve(Exit.ok));
    for (const signal of ['SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve(Exit.incomplete));
    }
    process.stdout.on('resize', () => terminal.draw());
    terminal.draw();
  });
}

/** Explores on a terminal, which is as it was before when this ends, however it ends. */
export async function exploreTerminal(start: Session): Promise<Exit> {
  const lines = createInterface({
    input: process.stdin,
    output: process.stdout,
    completer: completions,
    prompt: '> ',
  });
  process.stdout.write(ENTER);
  try {
    return await until(lines, start);
  } finally {
    process.stdin.removeAllListeners('keypress');
    process.stdout.removeAllListeners('resize');
    lines.close();
    process.stdout.write(LEAVE);
  }
}
