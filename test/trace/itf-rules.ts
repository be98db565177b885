/** What breaks the rules of the Informal Trace Format, as Apalache's ADR 015 lists them; each with its place. */
export function itfFaults(trace: unknown): string[] {
  if (!isRecord(trace)) return ['a trace is an object'];
  const { vars, states, params = [], loop } = trace;
  const faults: string[] = [];
  const isNames = (value: unknown): value is string[] =>
    Array.isArray(value) &&
    value.every((name) => typeof name === 'string' && name !== '' && !name.startsWith('#'));
  if (!isNames(vars) || vars.length === 0) return ['vars: a list of names'];
  if (!isNames(params)) faults.push('params: a list of names');
  if (new Set(vars).size !== vars.length) faults.push('vars: a name twice');
  if ('#meta' in trace && !isRecord(trace['#meta'])) faults.push('#meta: an object');
  if (!Array.isArray(states) || states.length === 0) return [...faults, 'states: a list'];
  if (loop !== undefined && !(Number.isInteger(loop) && (loop as number) < states.length)) {
    faults.push('loop: the number of a state');
  }
  for (const key of Object.keys(trace)) {
    if (!['#meta', 'params', 'vars', 'states', 'loop'].includes(key))
      faults.push(`${key}: no field of a trace`);
  }
  return [...faults, ...states.flatMap((state, i) => stateFaults(state, vars, `states[${i}]`))];
}

type Json = { readonly [key: string]: unknown };
const isRecord = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function stateFaults(state: unknown, vars: readonly string[], at: string): string[] {
  if (!isRecord(state)) return [`${at}: an object`];
  const { '#meta': meta, ...values } = state;
  const faults = meta === undefined || isRecord(meta) ? [] : [`${at}.#meta: an object`];
  for (const name of vars) if (!(name in values)) faults.push(`${at}: no value for ${name}`);
  for (const name of Object.keys(values))
    if (!vars.includes(name)) faults.push(`${at}.${name}: no variable`);
  return [
    ...faults,
    ...Object.entries(values).flatMap(([name, value]) => valueFaults(value, `${at}.${name}`)),
  ];
}

function valueFaults(value: unknown, at: string): string[] {
  if (typeof value === 'boolean' || typeof value === 'string') return [];
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? [] : [`${at}: a whole number`];
  const all = (list: unknown, name: string): string[] =>
    Array.isArray(list)
      ? list.flatMap((one, i) => valueFaults(one, `${at}[${i}]`))
      : [`${at}: ${name} has a list`];
  if (Array.isArray(value)) return all(value, 'a list');
  if (!isRecord(value)) return [`${at}: null is no expression`];
  const special = Object.keys(value).filter((key) => key.startsWith('#'));
  if (special.length === 0) {
    return Object.entries(value).flatMap(([key, one]) => valueFaults(one, `${at}.${key}`));
  }
  const [key] = special;
  if (Object.keys(value).length > 1) return [`${at}: ${key} beside other fields`];
  const inner = value[key as string];
  if (key === '#bigint')
    return typeof inner === 'string' && /^-?[0-9]+$/.test(inner) ? [] : [`${at}: #bigint`];
  if (key === '#tup' || key === '#set') return all(inner, key);
  if (key === '#map') {
    const isPairs =
      Array.isArray(inner) && inner.every((pair) => Array.isArray(pair) && pair.length === 2);
    return isPairs ? all(inner, key) : [`${at}: #map has a list of pairs`];
  }
  if (key === '#unserializable') return typeof inner === 'string' ? [] : [`${at}: #unserializable`];
  return [`${at}: ${key} is not known`];
}
