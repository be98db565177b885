import type * as t from 'io-ts';
import { BadInput } from './bad-input.js';

/** A value as a message may show it: JSON, cut where it is long. */
export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** `.calls[2].addr`, as jq would write it; unions and intersections add no step of their own. */
function pathOf(context: t.Context): string {
  return context
    .slice(1)
    .filter((_entry, i) => {
      const tag = (context[i]?.type as { _tag?: string } | undefined)?._tag;
      return tag !== 'UnionType' && tag !== 'IntersectionType' && tag !== 'RefinementType';
    })
    .map(({ key }) => (/^\d+$/.test(key) ? `[${key}]` : `.${key}`))
    .join('');
}

/** The error that got furthest into the value: of a union's branches, the one that was meant. */
const deepest = (errors: t.Errors): t.ValidationError =>
  errors.reduce((best, error) => (error.context.length > best.context.length ? error : best));

function describe(errors: t.Errors): string {
  const { context, value, message } = deepest(errors);
  const expected = context[context.length - 1]?.type.name ?? 'something else';
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

/** Text as JSON; throws BadInput where it is none. */
export function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BadInput(`${where}: not JSON: ${(error as Error).message}`);
  }
}
