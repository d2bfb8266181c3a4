/**
 * A multiset of amounts that tells the one at a rank, in O(log n) a step: a treap, a search tree whose shape comes from
 * pseudo-random priorities, so that no order of values in a log can make it deep (Seidel and Aragon, 1996).
 */
import type { Amount } from '../licenses/contract/amount.ts';

type Node = {
  amount: Amount;
  /** How often the amount is in the set. */
  times: number;
  /** Members in this tree. */
  size: number;
  priority: number;
  left: Node | undefined;
  right: Node | undefined;
};

export class RankedAmounts {
  private root: Node | undefined;
  private seed = 0x9e3779b9;

  get size(): number {
    return this.root?.size ?? 0;
  }

  add(amount: Amount): void {
    this.root = this.added(this.root, amount);
  }

  /** The amount must be in the set. */
  remove(amount: Amount): void {
    this.root = removed(this.root, amount);
  }

  /** `rank` counts from 0, the smallest, and is below `size`. */
  at(rank: number): Amount {
    let node = this.root!;
    let rest = rank;
    for (;;) {
      const before = node.left?.size ?? 0;
      if (rest < before) node = node.left!;
      else if (rest < before + node.times) return node.amount;
      else {
        rest -= before + node.times;
        node = node.right!;
      }
    }
  }

  copy(): RankedAmounts {
    const copy = new RankedAmounts();
    copy.root = copied(this.root);
    return copy;
  }

  private added(node: Node | undefined, amount: Amount): Node {
    if (node === undefined)
      return { amount, times: 1, size: 1, priority: this.draw(), left: undefined, right: undefined };
    if (amount === node.amount) node.times++;
    else if (amount < node.amount) {
      node.left = this.added(node.left, amount);
      if (node.left.priority > node.priority) return rotatedRight(node);
    } else {
      node.right = this.added(node.right, amount);
      if (node.right.priority > node.priority) return rotatedLeft(node);
    }
    return measured(node);
  }

  /** Xorshift (Marsaglia, 2003). */
  private draw(): number {
    this.seed ^= this.seed << 13;
    this.seed ^= this.seed >>> 17;
    this.seed ^= this.seed << 5;
    return this.seed;
  }
}

function copied(node: Node | undefined): Node | undefined {
  return node && { ...node, left: copied(node.left), right: copied(node.right) };
}

function measured(node: Node): Node {
  node.size = node.times + (node.left?.size ?? 0) + (node.right?.size ?? 0);
  return node;
}

function rotatedRight(node: Node): Node {
  const top = node.left!;
  node.left = top.right;
  top.right = measured(node);
  return measured(top);
}

function rotatedLeft(node: Node): Node {
  const top = node.right!;
  node.right = top.left;
  top.left = measured(node);
  return measured(top);
}

function removed(node: Node | undefined, amount: Amount): Node | undefined {
  if (node === undefined) return undefined;
  if (amount < node.amount) node.left = removed(node.left, amount);
  else if (amount > node.amount) node.right = removed(node.right, amount);
  else if (--node.times === 0) return joined(node.left, node.right);
  return measured(node);
}

/** Every amount of `left` is smaller than any of `right`. */
function joined(left: Node | undefined, right: Node | undefined): Node | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  if (left.priority > right.priority) {
    left.right = joined(left.right, right);
    return measured(left);
  }
  right.left = joined(left, right.left);
  return measured(right);
}
