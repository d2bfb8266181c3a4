/** A condition on members of an array (`ports[any]: {…}`), told apart for each member: the engine judges each part. */
import { findValues } from '../base/field-path.ts';
import { JsonArray, type JsonValue } from '../base/json.ts';
import type { ConditionNode, Detection, DetectionItem, MemberChoice } from '../model/rule.ts';

type ItemNode = Extract<ConditionNode, { kind: 'item' }>;

/** The condition on one member. Its items hold where the member at that place fulfils them. */
export type MemberPart = { at: number; condition: ConditionNode };

/** Members of one array that are told apart. */
export const MAX_MEMBERS = 4;
/** Arrays within arrays that are told apart: each level has MAX_MEMBERS times as many parts. */
const MAX_LEVELS = 2;

export class MemberParts {
  /** What the engine has to judge beside the rules, each in the place of a condition. */
  readonly detections: Detection[] = [];
  private readonly parts = new Map<ConditionNode, MemberPart[]>();
  /** What a part asks of its member. */
  private readonly inner = new Map<ConditionNode, ItemNode>();

  constructor(detections: readonly Detection[]) {
    for (const detection of detections) this.walk(detection, detection.condition, (node) => node, 0);
  }

  /** The item as its author wrote it, where `node` is one about a member. */
  innerOf(node: ItemNode): ItemNode {
    return this.inner.get(node) ?? node;
  }

  /** For the members that `record` has, with how many there are; `record` may be a member itself. */
  of(node: ItemNode, record: JsonValue): { parts: MemberPart[]; members: JsonValue[] } {
    const { field, members: chosen } = this.innerOf(node).item;
    const members = chosen === undefined ? [] : membersOf(record, field!.name);
    const parts = (this.parts.get(node) ?? []).filter(({ at }) => memberAt(members, at) !== undefined);
    return { parts, members };
  }

  private walk(
    detection: Detection,
    node: ConditionNode,
    within: (node: ConditionNode) => ConditionNode,
    level: number,
  ): void {
    if (node.kind !== 'item') {
      const children = node.kind === 'not' ? [node.node] : node.nodes;
      for (const child of children) this.walk(detection, child, within, level);
      return;
    }
    const { members } = this.innerOf(node).item;
    if (members === undefined || level >= MAX_LEVELS || this.parts.has(node)) return;
    const parts = placesOf(members.which).map((at): MemberPart => {
      const wrap = (inner: ConditionNode) => within(onMember(this.innerOf(node).item, at, inner));
      const condition = this.mirror(members.condition, wrap);
      this.detections.push({ ...detection, condition });
      this.walk(detection, condition, wrap, level + 1);
      return { at, condition };
    });
    this.parts.set(node, parts);
  }

  /** The same tree, each item of which is asked of one member. */
  private mirror(node: ConditionNode, wrap: (node: ConditionNode) => ConditionNode): ConditionNode {
    if (node.kind === 'not') return { kind: 'not', node: this.mirror(node.node, wrap) };
    if (node.kind !== 'item')
      return { kind: node.kind, nodes: node.nodes.map((child) => this.mirror(child, wrap)) };
    const wrapped = wrap(node) as ItemNode;
    this.inner.set(wrapped, node);
    return wrapped;
  }
}

function onMember({ field }: DetectionItem, at: number, condition: ConditionNode): ConditionNode {
  return { kind: 'item', item: { field, modifiers: [], values: [], members: { which: at, condition } } };
}

function placesOf(which: MemberChoice): number[] {
  return typeof which === 'number' ? [which] : Array.from({ length: MAX_MEMBERS }, (_, at) => at);
}

/** The member at a place, counted from the end where it is negative. */
export function memberAt(members: readonly JsonValue[], at: number): JsonValue | undefined {
  return members.at(at);
}

/** An empty array is one value, and has no member. */
function membersOf(record: JsonValue, name: string): JsonValue[] {
  const values = name === '.' ? [record] : findValues(record, name);
  const [only] = values;
  return values.length === 1 && only instanceof JsonArray && only.elements.length === 0 ? [] : values;
}
