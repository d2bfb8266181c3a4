/** A contract compiled to what the spine already runs: detections that mark license use, and one relation a license. */
import type { FieldRef } from '../model/mark.ts';
import type { Relation } from '../model/relation.ts';
import type { StatementOptions } from '../model/request.ts';
import type { ConditionNode, Detection, Pattern, Piece } from '../model/rule.ts';
import { uncoveredUse } from './clauses/uncovered-use.ts';
import type { Contract, Covers, EventWords, License } from './contract/contract.ts';
import { licenseRelation } from './license-relation.ts';
import { useSteps } from './use/use-steps.ts';

/** `license` is a license's id; for use that none covers, the contract's id. */
type LicenseRelation = { license: string; relation: Relation };

const KIND_TITLES = {
  open: 'check-out',
  close: 'check-in',
  use: 'use',
  borrow: 'borrowing',
  denied: 'denial',
  assign: 'assignment',
  revoke: 'revocation',
  upgrade: 'upgrade',
  cancel: 'cancellation',
} as const;

/** `statement`: figures are wanted beside the verdicts. */
export function compileLicenses(
  contract: Contract,
  statement?: StatementOptions,
): {
  detections: Detection[];
  relations: LicenseRelation[];
} {
  const detections: Detection[] = [];
  const relations: LicenseRelation[] = [];
  const detect = (name: string, title: string, line: number, condition: ConditionNode): string => {
    const id = `license:${name}`;
    if (!detections.some((each) => each.id === id))
      detections.push(toDetection(contract, id, title, line, condition));
    return id;
  };
  for (const license of contract.licenses) {
    const all = coversAll(license);
    const steps = useSteps(license, all).map((step) => {
      const { kind, featureless } = step;
      const act = actsOf(contract, kind);
      if (kind === 'restart') {
        return { ...step, detection: detect(':restart', 'restart of a license server', 1, act) };
      }
      if (featureless) {
        const detection = detect(
          `:no-feature:${kind}`,
          `${KIND_TITLES[kind]} without a feature`,
          1,
          and(act, not(namesFeature(contract))),
        );
        return { ...step, detection };
      }
      const condition = all ? act : and(act, covering(contract, [license.covers]));
      const title = `${KIND_TITLES[kind]} of ${license.id}`;
      return { ...step, detection: detect(`${license.id}:${kind}`, title, license.line, condition) };
    });
    const relation = licenseRelation(contract, license, steps, statement);
    relations.push({ license: license.id, relation });
  }
  const used = or((['open', 'use', 'borrow'] as const).map((kind) => actsOf(contract, kind)));
  const uncovered = uncoveredCondition(contract, used);
  if (uncovered !== undefined) {
    const ids = [detect(':uncovered', 'use that no license covers', 1, uncovered)];
    // Where licenses count who is assigned them, to be assigned one is to use it.
    if (contract.licenses.some(({ measure }) => measure.count.what === 'assigned')) {
      const assigned = uncoveredCondition(contract, and(actsOf(contract, 'assign'), not(used)))!;
      ids.push(detect(':uncovered:assign', 'assignment that no license covers', 1, assigned));
    }
    relations.push({ license: contract.id, relation: uncoveredUse(contract, ids) });
  }
  return { detections, relations };
}

/** `*` covers every license event, those without a feature too. */
function coversAll({ covers: { features: globs } }: License): boolean {
  return globs.includes('*');
}

/** Licenses with bounds do not rule an event out here: the relation compares versions and environments. */
function uncoveredCondition(contract: Contract, acted: ConditionNode): ConditionNode | undefined {
  const unbounded = contract.licenses.filter(
    ({ covers: { version, environments } }) => version === undefined && environments === undefined,
  );
  if (unbounded.some(coversAll)) return undefined;
  const named = and(acted, namesFeature(contract));
  if (unbounded.length === 0) return named;
  const covered = covering(
    contract,
    unbounded.map(({ covers }) => covers),
  );
  return and(named, or([not(covered), namesSeveral(contract)]));
}

/** Where an event names several features, `covering` holds if any of them is covered. */
function namesSeveral({ fields }: Contract): ConditionNode {
  return or(
    [...fields.feature, ...fields.meter].map((field) =>
      item(field, ['exists', 'several'], [{ kind: 'boolean', value: true }]),
    ),
  );
}

/**
 * An event that is both a check-out and a borrowing, for a pattern says `license.*`, is the borrowing; one that is both use and
 * something that is told apart is that.
 */
function actsOf({ events }: Contract, kind: keyof EventWords): ConditionNode {
  const isPattern = (glob: string) => /[*?]/.test(glob);
  const wide = events[kind].some((glob) => isPattern(glob) || events.borrow.includes(glob));
  const others = kind === 'open' && wide ? events.borrow : [];
  const told = kind === 'use' && events.use.some(isPattern) ? TOLD_APART.flatMap((each) => events[each]) : [];
  const apart = [...others, ...told].filter(
    (glob) => !events[kind].includes(glob) || events.borrow.includes(glob),
  );
  const act = apart.length === 0 ? acts(events[kind]) : and(acts(events[kind]), not(acts(apart)));
  return kind === 'denied' ? act : happened(act);
}

/** What begins or ends a session, or is no use; an assignment may be use to a contract that says so. */
const TOLD_APART = ['open', 'close', 'borrow', 'denied', 'upgrade', 'cancel'] as const;

/** What failed did not happen: it takes no seat and gives none back. */
function happened(act: ConditionNode): ConditionNode {
  return and(act, not(item({ taxonomy: 'audit', name: 'outcome' }, [], [toPattern('failure')])));
}

function acts(globs: readonly string[]): ConditionNode {
  return item({ taxonomy: 'audit', name: 'action' }, [], globs.map(toPattern));
}

/** Case does not matter: FlexNet and its kin do not tell `Editor` from `editor`. */
function covering({ fields }: Contract, covers: readonly Covers[]): ConditionNode {
  const globs = {
    feature: covers.flatMap(({ features }) => features),
    meter: covers.flatMap(({ meters }) => meters),
  };
  const nodes = (['feature', 'meter'] as const).flatMap((key) =>
    globs[key].length === 0 ? [] : fields[key].map((field) => item(field, [], globs[key].map(toPattern))),
  );
  return or(nodes);
}

/** A meter is a name too, in a contract that speaks of meters; an empty one is none, and the event may be of any license. */
function namesFeature({ fields, licenses }: Contract): ConditionNode {
  const metered = licenses.some(({ covers }) => covers.meters.length > 0);
  return or(
    [...fields.feature, ...(metered ? fields.meter : [])].map((field) =>
      and(item(field, ['exists'], [{ kind: 'boolean', value: true }]), not(item(field, [], [toPattern('')]))),
    ),
  );
}

function item(field: FieldRef, modifiers: readonly string[], values: readonly Pattern[]): ConditionNode {
  return { kind: 'item', item: { field, modifiers, values } };
}

function and(...nodes: ConditionNode[]): ConditionNode {
  return { kind: 'and', nodes };
}

function or(nodes: ConditionNode[]): ConditionNode {
  return { kind: 'or', nodes };
}

function not(node: ConditionNode): ConditionNode {
  return { kind: 'not', node };
}

/** A contract's globs have wildcards and no escapes. */
function toPattern(glob: string): Pattern {
  const pieces = glob.split(/([*?])/).flatMap((part): Piece[] => {
    if (part === '') return [];
    return part === '*' || part === '?' ? [{ wildcard: part }] : [{ text: part }];
  });
  return { kind: 'text', written: glob, pieces };
}

function toDetection(
  { file }: Contract,
  id: string,
  title: string,
  line: number,
  condition: ConditionNode,
): Detection {
  return {
    kind: 'detection',
    id,
    title,
    file,
    line,
    level: 'informational',
    references: [],
    tags: [],
    falsepositives: [],
    controls: [],
    tests: [],
    taxonomy: 'audit',
    logsource: {},
    condition,
    speaks: false,
  };
}
