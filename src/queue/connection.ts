import { Redis } from 'ioredis';
import { BadInput } from '../input/bad-input.js';
import { shownAddress } from './address.js';

/** Milliseconds until the next try to connect again. */
const wait = (times: number): number => Math.min(200 * times, 3000);

export interface Connection {
  readonly client: Redis;
  /** Ends it, with those that the engine makes of it, and says nothing. */
  readonly leave: () => void;
}

/**
 * The connection and those that are made after its likeness, as they are. The engine waits on one of its
 * own, which a server that is gone would keep open, and the process with it.
 */
function withDuplicates(client: Redis): Iterable<Redis> {
  const all = [client];
  const duplicate = client.duplicate.bind(client);
  client.duplicate = (...options) => {
    const made = duplicate(...options);
    all.push(made);
    return made;
  };
  return all;
}

/**
 * A connection that comes back by itself once it was there: commands wait for it. TLS is that of the
 * address, rediss:, with NODE_EXTRA_CA_CERTS for an authority of one's own.
 *
 * @param says told when the connection is lost and back
 * @throws BadInput if there is no server, or it does not let us in
 */
export async function connected(
  address: string,
  says: (text: string) => void,
): Promise<Connection> {
  let ready = false;
  let lost = false;
  let fault: Error | undefined;
  const client = new Redis(address, {
    lazyConnect: true,
    maxRetriesPerRequest: null,
    connectTimeout: 10_000,
    retryStrategy: (times) => (ready ? wait(times) : null),
  });
  const all = withDuplicates(client);
  client.on('error', (error: Error) => {
    fault ??= error;
  });
  client.on('close', () => {
    if (ready && !lost) says('queue: connection lost, trying again');
    lost = ready;
  });
  client.on('ready', () => {
    if (lost) says('queue: connected again');
    lost = false;
  });
  try {
    await client.connect();
    await client.ping();
  } catch (error) {
    client.disconnect();
    const { message } = fault ?? (error as Error);
    throw new BadInput(
      `--queue ${shownAddress(address)}: cannot be reached (${message}), expected a Redis or Valkey that lets us in`,
    );
  }
  ready = true;
  return {
    client,
    leave: () => {
      ready = false;
      for (const one of all) one.disconnect();
    },
  };
}
