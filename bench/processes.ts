import { execFile } from 'node:child_process';

/** What a program printed, and how long it took from its start to its end. */
interface Ran {
  readonly stdout: string;
  readonly seconds: number;
}

/** Runs a program to its end; a failure is an error with what it said. */
export function runProgram(program: string, args: readonly string[], cwd?: string): Promise<Ran> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const seconds = (performance.now() - start) / 1000;
      if (error === null) resolve({ stdout, seconds });
      else reject(new Error(`${program} failed: ${error.message}\n${stderr}${stdout}`.trim()));
    });
  });
}

/** Whether the program can be run; `args` make it end at once. */
export const isThere = (program: string, args: readonly string[]): Promise<boolean> =>
  runProgram(program, args).then(
    () => true,
    () => false,
  );

/** Whole number in a text, at the first group of the pattern. */
export function numberIn(text: string, pattern: RegExp): number {
  const digits = pattern.exec(text)?.[1];
  if (digits === undefined) throw new Error(`no ${pattern} in: ${text}`);
  return Number(digits);
}
