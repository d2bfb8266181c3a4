/** What a saved report says of controls that its checks and findings deny: a status is what somebody would edit first. */
import { getOrCreate } from '../base/get-or-create.ts';
import { count, quote } from '../base/text-safety.ts';
import type { Contradiction } from './contradictions.ts';
import { type ControlCheck, type ControlResult, statusOf } from './control.ts';
import type { Finding } from './finding.ts';
import type { Report } from './report.ts';

/** Fingerprints of the findings of a report. */
type Known = { all: ReadonlySet<string>; waived: ReadonlySet<string> };

export function contradictionsInControls(report: Report): Contradiction[] {
  const { controls = [], packs = [], findings } = report;
  const packNames = new Set(packs.map(({ name }) => name));
  const known: Known = {
    all: new Set(findings.map(({ fingerprint }) => fingerprint)),
    waived: new Set(findings.flatMap(({ waiver, fingerprint }) => (waiver ? [fingerprint] : []))),
  };
  const naming = findingsByControl(report);
  return controls.flatMap((control, index) => {
    const path = ['controls', String(index)];
    const name = `${control.pack}:${control.control}`;
    const wrong = (key: string, message: string) => ({ path: [...path, key], message: `${name} ${message}` });
    const follows = statusOf(control.checks);
    return [
      ...(packNames.has(control.pack) ? [] : [wrong('pack', 'is of a pack that the report does not name')]),
      ...(control.status === follows
        ? []
        : [wrong('status', `says ${control.status}, its checks say ${follows}`)]),
      ...inNaming(control, naming.get(name) ?? []).map((message) => wrong('status', message)),
      ...control.checks.flatMap((check, at) =>
        inCheck(check, known).map((message) => ({
          path: [...path, 'checks', String(at), 'status'],
          message: `${name} says ${check.status} of ${quote(check.asks)}, ${message}`,
        })),
      ),
    ];
  });
}

/** Whatever names a control speaks against it, waived or not. */
function inNaming({ status }: ControlResult, naming: readonly Finding[]): string[] {
  const open = naming.filter(({ waiver }) => waiver === undefined);
  if (status === 'passed' && naming.length > 0)
    return [`says passed, ${count(naming.length, 'finding names', 'findings name')} it`];
  if (status !== 'excepted' || open.length === 0) return [];
  return [
    `says excepted, ${count(open.length, 'finding that nobody waived names', 'findings that nobody waived name')} it`,
  ];
}

function inCheck({ status, population, findings, against }: ControlCheck, known: Known): string[] {
  if (against < findings.length)
    return [`${findings.length} findings are listed against it and ${against} said`];
  const missing = findings.find((fingerprint) => !known.all.has(fingerprint));
  if (missing !== undefined) return [`the report has no finding ${quote(missing)}`];
  if (status === 'passed' && against > 0) return [`${count(against, 'finding')} against it`];
  if (status === 'passed' && population.count === 0) return [`there are no ${population.of}`];
  if (status !== 'excepted') return [];
  if (against === 0) return ['nothing is waived'];
  const open = findings.some((fingerprint) => !known.waived.has(fingerprint));
  return open ? ['not all of its findings are waived'] : [];
}

function findingsByControl({ findings, rules, codes }: Report): Map<string, Finding[]> {
  const ofRule = new Map(rules.map(({ id, controls }) => [id, controls]));
  const byControl = new Map<string, Finding[]>();
  for (const finding of findings) {
    if (finding.verdict === 'satisfied') continue;
    const named = new Set([...(ofRule.get(finding.rule) ?? []), ...(codes[finding.code]?.controls ?? [])]);
    for (const control of named) getOrCreate(byControl, control, (): Finding[] => []).push(finding);
  }
  return byControl;
}
