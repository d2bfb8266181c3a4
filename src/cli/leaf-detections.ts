/** The items of detections as detections of their own: the engine judges each, and a tool tells what that means for the whole. */
import type { ConditionNode, Detection, DetectionItem } from '../model/rule.ts';

/** Holds for every record, so that one is seen for which nothing else does. */
const ANY: Detection = {
  kind: 'detection',
  id: 'any',
  title: 'any record',
  file: '',
  line: 0,
  level: 'informational',
  references: [],
  tags: [],
  falsepositives: [],
  controls: [],
  tests: [],
  taxonomy: 'sigma',
  logsource: {},
  condition: { kind: 'and', nodes: [] },
  speaks: true,
};

/** The items of some detections, each as a detection of its own: the engine itself judges them, as it does in a run. */
export class Leaves {
  readonly detections: Detection[] = [];
  private readonly ids = new Map<ConditionNode, string>();
  private readonly wants: (item: DetectionItem) => boolean;

  /** `wants`: which items are judged; the others have no id. */
  constructor(detections: readonly Detection[], wants: (item: DetectionItem) => boolean = () => true) {
    this.wants = wants;
    this.add(ANY, { kind: 'and', nodes: [] });
    for (const detection of detections) this.walk(detection, detection.condition);
  }

  idOf(node: ConditionNode): string | undefined {
    return this.ids.get(node);
  }

  private walk(detection: Detection, node: ConditionNode): void {
    if (node.kind === 'item') {
      if (this.wants(node.item)) this.add(detection, node);
    } else for (const child of node.kind === 'not' ? [node.node] : node.nodes) this.walk(detection, child);
  }

  private add(detection: Detection, condition: ConditionNode): void {
    if (this.ids.has(condition)) return;
    const id = `leaf ${this.ids.size}`;
    this.ids.set(condition, id);
    this.detections.push({ ...detection, id, condition, speaks: true, waivers: [], levels: [] });
  }
}
