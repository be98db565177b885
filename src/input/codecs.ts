import * as t from 'io-ts';

/** An object with these fields and no others; a field too many is most often a misspelt one. */
export function exactly<P extends t.Props>(props: P, name: string): t.Type<t.TypeOf<t.TypeC<P>>> {
  return strictly(t.type(props), Object.keys(props), name);
}

/** As `exactly`, with fields that may be left out. */
export function exactlyWith<P extends t.Props, Q extends t.Props>(
  props: P,
  optional: Q,
  name: string,
): t.Type<t.TypeOf<t.TypeC<P>> & t.TypeOf<t.PartialC<Q>>> {
  const keys = [...Object.keys(props), ...Object.keys(optional)];
  return strictly(t.intersection([t.type(props), t.partial(optional)]), keys, name);
}

function strictly<A>(codec: t.Type<A>, keys: readonly string[], name: string): t.Type<A> {
  return new t.Type<A>(
    name,
    codec.is,
    (value, context) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return t.failure(value, context, `${name}, an object`);
      }
      const extra = Object.keys(value).find((key) => !keys.includes(key));
      if (extra !== undefined) {
        const message = `one of the fields ${keys.join(', ')}, not "${extra}"`;
        return t.failure(value, context, message);
      }
      return codec.validate(value, context);
    },
    t.identity,
  );
}

/** An array with at least one entry. */
export function some<A>(entry: t.Type<A>): t.Type<A[]> {
  const list = t.array(entry);
  return new t.Type<A[]>(
    `a list with at least one entry, each ${entry.name}`,
    (value): value is A[] => list.is(value) && value.length > 0,
    (value, context) =>
      Array.isArray(value) && value.length === 0
        ? t.failure(value, context, `at least one entry, each ${entry.name}`)
        : list.validate(value, context),
    t.identity,
  );
}

/** The same, with no entry that says what another says. */
export function distinct<A>(
  entry: t.Type<A>,
  keyOf: (entry: A) => string = JSON.stringify,
): t.Type<A[]> {
  const list = some(entry);
  const again = (entries: readonly A[]): number => {
    const keys = entries.map(keyOf);
    return keys.findIndex((key, i) => keys.indexOf(key) < i);
  };
  return new t.Type<A[]>(
    list.name,
    (value): value is A[] => list.is(value) && again(value) < 0,
    (value, context) => {
      const result = list.validate(value, context);
      if (result._tag === 'Left') return result;
      const at = again(result.right);
      if (at < 0) return result;
      const first = result.right.map(keyOf).indexOf(keyOf(result.right[at] as A));
      return t.failure(value, context, `each entry once, and [${at}] is [${first}] again`);
    },
    t.identity,
  );
}

/** Two entries; `t.tuple` would drop what is behind them. */
export function pair<A>(entry: t.Type<A, unknown>, name: string): t.Type<[A, A]> {
  const both = t.tuple([entry, entry], name);
  return new t.Type<[A, A]>(
    name,
    both.is,
    (value, context) =>
      Array.isArray(value) && value.length !== 2
        ? t.failure(value, context, name)
        : both.validate(value, context),
    t.identity,
  );
}

/** A whole number from `least` to `most`. */
export const wholeNumber = (least: number, most: number, what: string): t.Type<number> => {
  const is = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  const name = `${what}, a whole number from ${least} to ${most}`;
  return new t.Type<number>(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );
};

/** One of a few words. */
export function oneOf<W extends string>(words: readonly W[], what: string): t.Type<W> {
  const is = (value: unknown): value is W => words.includes(value as W);
  const name = `${what}, one of ${words.join(', ')}`;
  return new t.Type<W>(
    name,
    is,
    (value, context) => (is(value) ? t.success(value) : t.failure(value, context)),
    t.identity,
  );
}
