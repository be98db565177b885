/**
 * Names that differ, for files in one folder: one that was there before gets a number, which no other has.
 *
 * @param numbered the name with a number, from 2 on
 */
export function uniqueNames(
  names: readonly string[],
  numbered: (name: string, number: number) => string,
): string[] {
  const given = new Set(names);
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let number = 2; taken.has(unique) || (unique !== name && given.has(unique)); number++) {
      unique = numbered(name, number);
    }
    taken.add(unique);
    return unique;
  });
}
