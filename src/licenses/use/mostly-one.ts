/** A map in order of insertion that nearly always has one entry: each check-out would make a Map, and its check-in let it go. */

export class MostlyOne<Key, Value> {
  private readonly key: Key;
  /** Of `key`; undefined once it was deleted while there were others. */
  private value: Value | undefined;
  private others: Map<Key, Value> | undefined;

  constructor(key: Key, value: Value) {
    this.key = key;
    this.value = value;
  }

  get isEmpty(): boolean {
    return this.value === undefined && (this.others === undefined || this.others.size === 0);
  }

  get(key: Key): Value | undefined {
    if (this.value !== undefined && this.key === key) return this.value;
    return this.others?.get(key);
  }

  /** A key that it does not have. */
  add(key: Key, value: Value): void {
    this.others ??= new Map();
    this.others.set(key, value);
  }

  delete(key: Key): void {
    if (this.value !== undefined && this.key === key) this.value = undefined;
    else this.others?.delete(key);
  }

  *values(): Generator<Value> {
    if (this.value !== undefined) yield this.value;
    if (this.others !== undefined) yield* this.others.values();
  }
}
