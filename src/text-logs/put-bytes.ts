/** Puts a record together from bytes: those of its line, and texts that hardly ever change. */

/** The bytes of a text that is mostly the same as the last time. */
export class KnownBytes {
  private readonly toText: (key: string) => string;
  private key: string | undefined;
  private bytes: Uint8Array = Buffer.alloc(0);

  constructor(toText: (key: string) => string) {
    this.toText = toText;
  }

  of(key: string): Uint8Array {
    if (key !== this.key) {
      this.key = key;
      this.bytes = Buffer.from(this.toText(key));
    }
    return this.bytes;
  }
}

/** Byte by byte: pieces are short, and a call for each would take longer. @returns where the next piece goes */
export function put(target: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number {
  let to = at;
  for (let from = start; from < end; ) target[to++] = bytes[from++]!;
  return to;
}

export function putAll(target: Uint8Array, at: number, bytes: Uint8Array): number {
  return put(target, at, bytes, 0, bytes.length);
}
