/** Waivers as OSCAL has them: a risk is a deviation from a control that somebody approved, until a day. */
import { compareText } from '../../base/text-safety.ts';
import type { Finding } from '../../model/finding.ts';
import { toProse } from '../parts/markdown-text.ts';
import { describeWaiver } from '../parts/waiver-words.ts';
import type { AssessedControl } from './assessed-controls.ts';
import { property } from './property.ts';

export type MakeUuid = (name: string) => string;

type Waiver = NonNullable<Finding['waiver']>;

/** Those that cover a finding against one of the controls, each once. */
export function waiversOf(controls: readonly AssessedControl[]): Waiver[] {
  const findings = controls.flatMap(({ observations }) => observations.flatMap((each) => each.findings));
  const byId = new Map(findings.flatMap(({ waiver }) => (waiver === undefined ? [] : [[waiver.id, waiver]])));
  return [...byId.values()].sort((a, b) => compareText(a.id, b.id));
}

export function riskId(uuid: MakeUuid, name: string, { id }: Waiver): string {
  return uuid(`risk/${name}/${id}`);
}

export function toRisk(uuid: MakeUuid, name: string, waiver: Waiver) {
  const { id, title, owner, reason, ticket, approvedBy, expires } = waiver;
  return {
    uuid: riskId(uuid, name, waiver),
    title: `Waived by ${toProse(title, 200)}`,
    description: toProse(describeWaiver(waiver)),
    statement: toProse(reason),
    props: [
      property('waiver', id),
      property('owner', owner),
      ...(ticket === undefined ? [] : [property('ticket', ticket)]),
      ...(approvedBy === undefined ? [] : [property('approved-by', approvedBy)]),
    ],
    status: 'deviation-approved',
    deadline: expires,
  };
}
