/** A contract compiled to what the spine already runs: detections that mark license use, and one relation a license. */
import type { FieldRef } from '../model/mark.ts';
import type { Relation } from '../model/relation.ts';
import type { ConditionNode, Detection, Pattern, Piece } from '../model/rule.ts';
import type { Contract, License } from './contract.ts';
import { licenseRelation } from './license-relation.ts';
import { USE_STEPS } from './license-use.ts';
import { uncoveredUse } from './uncovered-use.ts';

/** `license` is a license's id; for use that none covers, the contract's id. */
type LicenseRelation = { license: string; relation: Relation };

const KIND_TITLES = {
  open: 'check-out',
  close: 'check-in',
  use: 'use',
  denied: 'denial',
  upgrade: 'upgrade',
} as const;

export function compileLicenses(contract: Contract): {
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
    const ids = USE_STEPS.filter(({ featureless }) => !(featureless && all)).map(({ kind, featureless }) => {
      const act = acts(contract.events[kind]);
      if (featureless) {
        return detect(
          `:no-feature:${kind}`,
          `${KIND_TITLES[kind]} without a feature`,
          1,
          and(act, not(namesFeature(contract))),
        );
      }
      const condition = all ? act : and(act, features(contract, license.covers.features));
      return detect(
        `${license.id}:${kind}`,
        `${KIND_TITLES[kind]} of ${license.id}`,
        license.line,
        condition,
      );
    });
    relations.push({ license: license.id, relation: licenseRelation(contract, license, ids) });
  }
  const uncovered = uncoveredCondition(contract);
  if (uncovered !== undefined) {
    const id = detect(':uncovered', 'use that no license covers', 1, uncovered);
    relations.push({ license: contract.id, relation: uncoveredUse(contract, id) });
  }
  return { detections, relations };
}

/** `*` covers every license event, those without a feature too. */
function coversAll({ covers: { features: globs } }: License): boolean {
  return globs.includes('*');
}

/** Licenses with a version bound do not rule an event out here: the relation compares versions. */
function uncoveredCondition(contract: Contract): ConditionNode | undefined {
  const anyVersion = contract.licenses.filter(({ covers }) => covers.version === undefined);
  if (anyVersion.some(coversAll)) return undefined;
  const act = acts([...contract.events.open, ...contract.events.use]);
  const covered = anyVersion.flatMap(({ covers }) => covers.features);
  const named = and(act, namesFeature(contract));
  return covered.length === 0 ? named : and(named, not(features(contract, covered)));
}

function acts(globs: readonly string[]): ConditionNode {
  return item({ taxonomy: 'audit', name: 'action' }, [], globs.map(toPattern));
}

/** Case does not matter: FlexNet and its kin do not tell `Editor` from `editor`. */
function features({ fields }: Contract, globs: readonly string[]): ConditionNode {
  return or(fields.feature.map((field) => item(field, [], globs.map(toPattern))));
}

function namesFeature({ fields }: Contract): ConditionNode {
  return or(fields.feature.map((field) => item(field, ['exists'], [{ kind: 'boolean', value: true }])));
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
