import { decode } from '../input/decode.js';
import { type Trace, traceCodec } from './trace.js';

type Json = { readonly [key: string]: unknown };
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/**
 * Every trace in what `verify --json` or `sensitivity --json` wrote, or in a part of it; throws BadInput.
 *
 * @param where names the file and the place in it, as `report.json: .specs[0]`
 */
export function tracesIn(value: unknown, where: string): Trace[] {
  if (!isJson(value)) return [];
  if ('trace' in value) return [decode(traceCodec, value, where.replace(/: $/, ''))];
  return Object.entries(value).flatMap(([key, part]) =>
    tracesIn(part, `${where}${Array.isArray(value) ? `[${key}]` : `.${key}`}`),
  );
}

/** The counterexamples among them. */
export const breachesOf = (traces: readonly Trace[]): Exclude<Trace, { kind: 'difference' }>[] =>
  traces.flatMap((trace) => (trace.kind === 'difference' ? [] : [trace]));
