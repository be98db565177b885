/** Where something begins in a text: line and column, both from 1, the column in UTF-16 units. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Strings, punctuation, and everything else between blanks. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * Where each value of a JSON text begins, by its path as messages write it: `.checks[0].expect[2].verdict`,
 * and an empty path for the whole. The text must be one that JSON.parse accepts.
 *
 * @param onRepeated told of each value whose key its object has already had, which JSON.parse lets replace the first
 */
export function placesIn(
  text: string,
  onRepeated: (path: string) => void = () => {},
): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  const tokens = text.matchAll(TOKEN);
  const take = (): RegExpExecArray => tokens.next().value as RegExpExecArray;
  let line = 1;
  let lineStart = 0;

  /** Tokens come in order, so that lines are counted on the way. */
  const placeOf = ({ index }: RegExpExecArray): Place => {
    for (let end = text.indexOf('\n', lineStart); end >= 0 && end < index; ) {
      line++;
      lineStart = end + 1;
      end = text.indexOf('\n', lineStart);
    }
    return { line, column: index - lineStart + 1 };
  };

  const entries = (path: string): void => {
    const had = new Set<string>();
    let key = take();
    while (key[0] !== '}') {
      const name: string = JSON.parse(key[0]);
      if (had.has(name)) onRepeated(`${path}.${name}`);
      had.add(name);
      take();
      value(take(), `${path}.${name}`);
      key = take();
      if (key[0] === ',') key = take();
    }
  };

  const items = (path: string): void => {
    let token = take();
    for (let i = 0; token[0] !== ']'; i++) {
      value(token, `${path}[${i}]`);
      token = take();
      if (token[0] === ',') token = take();
    }
  };

  function value(token: RegExpExecArray, path: string): void {
    places.set(path, placeOf(token));
    if (token[0] === '{') entries(path);
    else if (token[0] === '[') items(path);
  }

  value(take(), '');
  return places;
}
