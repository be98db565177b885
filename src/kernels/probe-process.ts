import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { KernelDied, KernelFailed } from '../conformance/failed.js';
import type { Scenario } from '../conformance/scenario.js';
import { built } from './build.js';
import { programFile } from './programs.js';
import {
  answeredId,
  endLine,
  type Greeting,
  parseGivingUp,
  parseGreeting,
  requestLine,
} from './wire.js';

/** How to run a probe, and how to talk to it. */
export interface ProbeCommand {
  /** For messages: `the guest of vmlinuz-6.12`. */
  readonly what: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Said where the program is not found. */
  readonly install: string;
  /** It traces processes, and is to find no XSAVE in them. */
  readonly hidesXsave?: boolean;
  /** Bytes of requests that may be under way: a serial line loses what its buffers cannot take. */
  readonly inFlight: number;
  /** What it says on standard error where it stands still and does not end. */
  readonly halted?: RegExp;
  /** Seconds until the greeting, and between answers. */
  readonly patience: { readonly start: number; readonly answer: number };
  /** For a guest: what its console shows so far, if that is not its standard error. */
  readonly console?: () => string;
}

/** How much of the end of a console is shown, and how much of a complaint. */
const CONSOLE_LINES = 12;
const COMPLAINT_LINES = 30;

/** What a kernel says of itself when something is wrong with it. */
const COMPLAINT = /\b(WARNING|BUG|UBSAN|Oops): |Kernel panic|general protection fault/;

/** Runs `fail` if it was not called off for some seconds. */
class Alarm {
  private timer: NodeJS.Timeout | undefined;

  set(seconds: number, fail: () => void): void {
    this.off();
    // The process that is waited for keeps this one alive, and where it has gone nobody waits.
    this.timer = setTimeout(fail, seconds * 1000).unref();
  }

  off(): void {
    clearTimeout(this.timer);
  }
}

/** A batch under way: answers come in the order of the requests. */
interface Batch {
  readonly scenarios: readonly Scenario[];
  /** In a guest one more, that the process that ran them ends. */
  readonly requests: readonly string[];
  readonly firstId: number;
  readonly answers: string[];
  readonly sizes: number[];
  sent: number;
  underWay: number;
  done(answers: readonly string[]): void;
}

/** A probe that runs somewhere, as seen over its lines. */
export class ProbeProcess {
  private readonly child: ChildProcess;
  private readonly exited: Promise<void>;
  private readonly alarm = new Alarm();
  private rest = '';
  private errors = '';
  /** How much its console had shown when it greeted. */
  private shownBefore = 0;
  private nextId = 0;
  private batch: Batch | undefined;
  private onGreeting: ((greeting: Greeting) => void) | undefined;
  private reject: ((error: KernelFailed) => void) | undefined;
  private failure: KernelFailed | undefined;
  private hasEnded = false;
  private closing = false;

  /** Starts the program; throws KernelFailed where it is not found, or the guard over it cannot be built. */
  constructor(private readonly command: ProbeCommand) {
    const { what, program, args, env, install, hidesXsave } = command;
    const file = programFile(program);
    if (file === undefined) {
      throw new KernelFailed(`${what} cannot be started: ${program} was not found; ${install}`);
    }
    const options = hidesXsave === true ? ['-x'] : [];
    this.child = spawn(built('guard'), [...options, file, ...args], {
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      detached: true,
      ...(env === undefined ? {} : { env }),
    });
    this.exited = new Promise((resolve) => {
      this.child.on('close', (code) => {
        this.gone(code);
        resolve();
      });
      this.child.on('error', (error) => {
        this.fail(`cannot be started (${error.message})`);
        resolve();
      });
    });
    // Whether it still reads is known by its answers, and by its end.
    for (const pipe of [this.child.stdin, this.child.stdio[3]]) pipe?.on('error', () => {});
    (this.child.stdout as Readable).setEncoding('latin1').on('data', (text) => this.read(text));
    (this.child.stderr as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-10_000);
      if (this.command.halted?.test(this.errors) === true) this.died('halted');
    });
  }

  /** What the probe says first; rejects with KernelFailed. */
  greeting(): Promise<Greeting> {
    const { start } = this.command.patience;
    return this.wait(start, `said nothing for ${start} s`, (resolve) => {
      this.onGreeting = resolve;
    });
  }

  /** The answers to scenarios, a line each; rejects with KernelFailed, KernelDied for want of one. */
  ask(scenarios: readonly Scenario[]): Promise<readonly string[]> {
    const [first] = scenarios;
    if (first === undefined) return Promise.resolve([]);
    // It ended behind its last answer: the first scenario that it leaves without one is this.
    if (this.hasEnded && this.failure !== undefined) {
      return Promise.reject(new KernelDied(this.failure.message, [first]));
    }
    const { answer } = this.command.patience;
    return this.wait(answer, `gave no answer for ${answer} s`, (done) => {
      const firstId = this.nextId;
      const requests = scenarios.map((scenario, i) => requestLine(firstId + i, scenario));
      if (this.command.console !== undefined) requests.push(endLine(firstId + scenarios.length));
      this.nextId += requests.length;
      const under = { sent: 0, underWay: 0, sizes: [], answers: [] };
      this.batch = { scenarios, requests, firstId, done, ...under };
      this.send(this.batch);
    });
  }

  /** Ends the program and all that it started; who waits for it is told that it was stopped. */
  async close(): Promise<void> {
    this.closing = true;
    this.alarm.off();
    this.failure ??= new KernelFailed(`${this.command.what} was stopped`);
    this.reject?.(this.failure);
    this.child.stdin?.end();
    (this.child.stdio[3] as Writable).end();
    await this.exited;
  }

  private wait<T>(
    seconds: number,
    complaint: string,
    begin: (resolve: (value: T) => void) => void,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.failure !== undefined) {
        reject(this.failure);
        return;
      }
      this.reject = reject;
      this.alarm.set(seconds, () => this.died(complaint));
      begin((value) => {
        this.alarm.off();
        this.reject = undefined;
        resolve(value);
      });
    });
  }

  private send(batch: Batch): void {
    while (batch.sent < batch.requests.length) {
      const line = batch.requests[batch.sent] as string;
      if (batch.underWay > 0 && batch.underWay + line.length > this.command.inFlight) return;
      batch.sizes.push(line.length);
      batch.underWay += line.length;
      batch.sent++;
      this.child.stdin?.write(line);
    }
  }

  private read(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) this.readLine(line.trimEnd());
  }

  private readLine(line: string): void {
    const givingUp = parseGivingUp(line);
    if (givingUp !== undefined) this.died(`cannot run scenarios: ${givingUp}`);
    else if (this.onGreeting !== undefined) this.greeted(parseGreeting(line));
    else if (this.batch !== undefined) this.answered(this.batch, line);
  }

  private greeted(greeting: Greeting | undefined): void {
    if (greeting === undefined) return;
    const tell = this.onGreeting;
    this.onGreeting = undefined;
    this.shownBefore = this.shown.length;
    this.errors = '';
    tell?.(greeting);
  }

  private answered(batch: Batch, line: string): void {
    const { firstId, answers, sizes, requests } = batch;
    if (answeredId(line) !== firstId + answers.length) return;
    batch.underWay -= sizes[answers.length] ?? 0;
    answers.push(line);
    if (answers.length === requests.length) {
      // What it said before may still have to be read, where that comes by another pipe. In this turn of the
      // event loop that pipe may not have been looked at, since this one is read on as long as there is more.
      setImmediate(() => setImmediate(() => this.finished(batch)));
      return;
    }
    const { answer } = this.command.patience;
    this.alarm.set(answer, () => this.died(`gave no answer for ${answer} s`));
    this.send(batch);
  }

  private finished(batch: Batch): void {
    if (batch !== this.batch) return;
    if (COMPLAINT.test(this.since)) {
      this.died('complained');
      return;
    }
    this.batch = undefined;
    batch.done(batch.answers.slice(0, batch.scenarios.length));
  }

  private gone(code: number | null): void {
    if (this.closing) return;
    // 127 is what the guard says of a program that it cannot start.
    if (code === 127) this.fail('cannot be started: this machine does not run such a program');
    else {
      this.hasEnded = true;
      this.died('ended', ` (${ending(code)})`);
    }
  }

  /** As fail(), and where it was in a scenario, that is what it died of: what has failed then worked before. */
  private died(what: string, how = ''): void {
    const { scenarios = [], answers = [] } = this.batch ?? {};
    const under = scenarios[answers.length];
    const suspects = under === undefined ? scenarios : [under];
    const where = `, ${under === undefined ? 'behind' : 'in'} ${named(suspects)}`;
    this.fail(`${what}${suspects.length === 0 ? '' : where}${how}`, suspects);
  }

  /** The first failure is the one that is reported. */
  private fail(what: string, scenarios: readonly Scenario[] = []): void {
    this.alarm.off();
    const message = `${this.command.what} ${what}${this.lastWords()}`;
    this.failure ??=
      scenarios.length === 0 ? new KernelFailed(message) : new KernelDied(message, scenarios);
    this.batch = undefined;
    this.onGreeting = undefined;
    this.reject?.(this.failure);
    this.reject = undefined;
  }

  private get shown(): string {
    return this.command.console?.() ?? '';
  }

  /** What it has said since it greeted. */
  private get since(): string {
    return `${this.shown.slice(this.shownBefore)}\n${this.errors}`;
  }

  /** What it complained of, or the end of what it said. */
  private lastWords(): string {
    const lines = this.since
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '');
    const at = lines.findIndex((line) => COMPLAINT.test(line));
    const shown = at < 0 ? lines.slice(-CONSOLE_LINES) : lines.slice(at, at + COMPLAINT_LINES);
    if (shown.length === 0) return '';
    return `; ${at < 0 ? 'the last that it said' : 'it said'}:\n  ${shown.join('\n  ')}`;
  }
}

function named(scenarios: readonly Scenario[]): string {
  const [first, last] = [scenarios[0]?.id, scenarios.at(-1)?.id];
  return first === last ? `scenario ${first}` : `scenarios ${first} to ${last}`;
}

const ending = (code: number | null): string =>
  code === null || code > 128 ? `signal ${(code ?? 128 + 9) - 128}` : `exit code ${code}`;
