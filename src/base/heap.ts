/** A binary heap: the smallest member first, in O(log n) a step. Members that compare equal leave in no certain order. */
export class Heap<Member> {
  private readonly members: Member[] = [];
  private readonly compare: (left: Member, right: Member) => number;

  constructor(compare: (left: Member, right: Member) => number) {
    this.compare = compare;
  }

  get size(): number {
    return this.members.length;
  }

  peek(): Member | undefined {
    return this.members[0];
  }

  push(member: Member): void {
    const { members, compare } = this;
    let at = members.push(member) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (compare(members[parent]!, member) <= 0) break;
      members[at] = members[parent]!;
      at = parent;
    }
    members[at] = member;
  }

  pop(): Member | undefined {
    const { members, compare } = this;
    const top = members[0];
    const moved = members.pop();
    if (moved === undefined || members.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = at * 2 + 1;
      if (child >= members.length) break;
      if (child + 1 < members.length && compare(members[child + 1]!, members[child]!) < 0) child++;
      if (compare(moved, members[child]!) <= 0) break;
      members[at] = members[child]!;
      at = child;
    }
    members[at] = moved;
    return top;
  }

  /** In no certain order. */
  values(): readonly Member[] {
    return this.members;
  }
}
