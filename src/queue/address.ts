import { readFileSync } from 'node:fs';
import { BadInput } from '../input/bad-input.js';

/** Where a secret may be: neither in the list of processes nor in the history of a shell. */
const VARIABLES = ['MREMAP_CHECK_QUEUE', 'REDIS_URL'] as const;

const isAddress = (text: string): boolean => /^rediss?:\/\//.test(text);

function fromEnvironment(environment: NodeJS.ProcessEnv): string {
  for (const name of VARIABLES) {
    const text = environment[name];
    if (text !== undefined && text !== '') return checked(text, name);
  }
  throw new BadInput(`--queue env: found neither ${VARIABLES.join(' nor ')}, expected an address`);
}

function fromFile(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BadInput(
      `--queue ${file}: cannot be read (${code}), expected redis://HOST:PORT, env, or a file with an address`,
    );
  }
  return checked(text.trim(), file);
}

/** Never says what it found: there may be a password in it. */
function checked(text: string, where: string): string {
  if (isAddress(text) && URL.canParse(text)) return text;
  throw new BadInput(
    `--queue: found no address in ${where}, expected redis://HOST:PORT or rediss://HOST:PORT`,
  );
}

/**
 * The address of a Redis or Valkey: as it is given; of the environment (`env`), or of a file, where it may
 * have a password.
 *
 * @throws BadInput also where a password is given on the command line
 */
export function queueAddress(given: string, environment = process.env): string {
  if (given === 'env') return fromEnvironment(environment);
  if (given !== '' && !given.includes('://')) return fromFile(given);
  const address = checked(given, '--queue');
  if (new URL(address).password !== '') {
    throw new BadInput(
      '--queue: found a password on the command line, where everyone can read it, expected it in the environment: MREMAP_CHECK_QUEUE=redis://... and --queue env',
    );
  }
  return address;
}

/** The address without what is secret. */
export const shownAddress = (address: string): string => {
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
};
