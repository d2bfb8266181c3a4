/**
 * Whether texts begin with, end with or hold some of many parts, in time linear in their characters (Aho and Corasick 1975):
 * two long arrays of a record must not take as many steps as they have pairs.
 */
export class PartTrie {
  /** By node and UTF-16 unit. */
  private readonly children = new Map<number, number>();
  /** By node: whether a part ends there. */
  private readonly ends: boolean[] = [false];
  /** Or at one of the nodes that it falls back to. */
  private endsWithin: boolean[] = [];
  private readonly fallbacks: number[] = [ROOT];
  private isLinked = false;

  constructor(parts: Iterable<string>) {
    for (const part of parts) {
      let node = ROOT;
      for (let at = 0; at < part.length; at++) {
        const key = keyOf(node, part.charCodeAt(at));
        let child = this.children.get(key);
        if (child === undefined) {
          child = this.ends.push(false) - 1;
          this.children.set(key, child);
        }
        node = child;
      }
      this.ends[node] = true;
    }
  }

  beginsIn(text: string): boolean {
    let node: number | undefined = ROOT;
    for (let at = 0; at < text.length && !this.ends[node]!; at++) {
      node = this.children.get(keyOf(node, text.charCodeAt(at)));
      if (node === undefined) return false;
    }
    return this.ends[node]!;
  }

  isWithin(text: string): boolean {
    this.link();
    let node = ROOT;
    for (let at = 0; at < text.length && !this.endsWithin[node]!; at++)
      node = this.follow(node, text.charCodeAt(at));
    return this.endsWithin[node]!;
  }

  private follow(from: number, unit: number): number {
    for (let node = from; ; node = this.fallbacks[node]!) {
      const child = this.children.get(keyOf(node, unit));
      if (child !== undefined) return child;
      if (node === ROOT) return ROOT;
    }
  }

  /** Nodes in the order of their depth: what a node falls back to is nearer to the root. */
  private link(): void {
    if (this.isLinked) return;
    this.isLinked = true;
    this.endsWithin = [...this.ends];
    const byParent = new Map<number, [unit: number, child: number][]>();
    for (const [key, child] of this.children) {
      const parent = Math.floor(key / UNITS);
      const known = byParent.get(parent);
      if (known === undefined) byParent.set(parent, [[key % UNITS, child]]);
      else known.push([key % UNITS, child]);
    }
    const order = [ROOT];
    for (let at = 0; at < order.length; at++) {
      const parent = order[at]!;
      for (const [unit, child] of byParent.get(parent) ?? []) {
        const fallback = parent === ROOT ? ROOT : this.follow(this.fallbacks[parent]!, unit);
        this.fallbacks[child] = fallback;
        this.endsWithin[child] ||= this.endsWithin[fallback]!;
        order.push(child);
      }
    }
  }
}

const ROOT = 0;
const UNITS = 0x1_0000;

function keyOf(node: number, unit: number): number {
  return node * UNITS + unit;
}
