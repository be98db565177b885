import type * as t from 'io-ts';
import { BadInput } from './bad-input.js';
import { placesIn } from './places.js';
import { shown } from './shown.js';
import { checkJson } from './sound-json.js';

/** `.calls[2].addr`, as jq would write it; branches of unions and intersections see the same value again and add nothing. */
export function pathOf(context: t.Context): string {
  return context
    .slice(1)
    .filter(({ actual }, i) => actual !== context[i]?.actual)
    .map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('');
}

/** The error that got furthest into the value: of a union's branches, the one that was meant. */
const deepest = (errors: t.Errors): t.ValidationError =>
  errors.reduce((best, error) => (error.context.length > best.context.length ? error : best));

function describe(errors: t.Errors): string {
  const { context, value, message } = deepest(errors);
  const name = context[context.length - 1]?.type.name ?? 'something else';
  const expected = name.replace(/^Array<(.*)>$/, 'a list, each $1');
  const path = pathOf(context);
  return `${path === '' ? 'the value' : path}: found ${shown(value)}, expected ${message ?? expected}`;
}

/**
 * The value, decoded; throws BadInput with the path of the fault.
 *
 * @param where names file (and line) in the message
 */
export function decode<A>(codec: t.Decoder<unknown, A>, value: unknown, where: string): A {
  const result = codec.decode(value);
  if (result._tag === 'Right') return result.right;
  throw new BadInput(`${where}: ${describe(result.left)}`);
}

function parsed(text: string, where: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = (error as Error).message.replace(/\s+/g, ' ');
    throw new BadInput(
      `${where}: found something that is not JSON (${reason}), expected ${expected}`,
    );
  }
}

/** Text of a user as JSON; throws BadInput where it is none, or none that is safe to read and to show. */
export function parseJson(text: string, where: string, expected = 'JSON'): unknown {
  const value = parsed(text, where, expected);
  checkJson(value, where);
  // JSON.parse() takes the last: a reader may have seen the first.
  placesIn(text, (path) => {
    throw new BadInput(`${where}: ${path}: found a second time, expected once`);
  });
  return value;
}
