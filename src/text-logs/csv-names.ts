/** The names of a table's columns, each one's own. */

/**
 * As the header has them, without spaces around. A column without a name is `column_3`; names that stand more than once
 * are all numbered, `user_1` and `user_2`, so that a mapping that asks for `user` finds none of them, not the wrong one.
 */
export function toColumnNames(header: readonly string[]): string[] {
  const names = header.map((name) => name.trim());
  const times = new Map<string, number>();
  for (const name of names) times.set(name, (times.get(name) ?? 0) + 1);
  const taken = new Set(names);
  const numbers = new Map<string, number>();
  return names.map((name, index) => {
    if (name !== '' && times.get(name) === 1) return name;
    const base = name === '' ? 'column' : name;
    let number = name === '' ? index + 1 : (numbers.get(name) ?? 0) + 1;
    while (taken.has(`${base}_${number}`)) number++;
    if (name !== '') numbers.set(name, number);
    taken.add(`${base}_${number}`);
    return `${base}_${number}`;
  });
}
