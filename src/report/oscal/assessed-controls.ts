/** What the report says of controls, one entry a control: of the packs that were asked for, or else of what findings name. */

import { getOrCreate } from '../../base/get-or-create.ts';
import { compareText, count } from '../../base/text-safety.ts';
import type { ControlResult } from '../../model/control.ts';
import type { Finding } from '../../model/finding.ts';
import type { Report } from '../../model/report.ts';
import { createWords } from '../parts/finding-words.ts';
import { whyExcepted } from '../parts/waiver-words.ts';

/** One thing that was looked at, and the findings that speak against it, at most `MAX_EVIDENCE` of them. */
export type Observation = { title: string; description: string; findings: Finding[] };

export type AssessedControl = {
  framework: string;
  control: string;
  /** In our own words, where a pack was asked for. */
  title?: string;
  /**
   * OSCAL knows two states and no more: `satisfied` is only what the logs show whole, `other` whatever nobody can tell from
   * them; `excluded` was not assessed.
   */
  outcome: 'satisfied' | 'failed' | 'other' | 'excluded';
  remarks: string;
  observations: Observation[];
};

const MAX_EVIDENCE = 20;

export function assessedControls(report: Report): AssessedControl[] {
  return report.controls === undefined ? fromFindings(report) : fromPacks(report, report.controls);
}

function fromPacks({ findings }: Report, controls: readonly ControlResult[]): AssessedControl[] {
  const known = new Map(findings.map((finding) => [finding.fingerprint, finding]));
  return controls.map((result) => ({
    framework: result.pack,
    control: result.control,
    title: result.title,
    ...judge(result),
    observations: result.checks.map((check) => {
      const against = check.against === 0 ? '' : `, ${count(check.against, 'finding')} against it`;
      const reason = check.reason === undefined ? '' : `: ${check.reason}`;
      return {
        title: check.asks,
        description: `${check.status} on ${count(check.population.count, check.population.of, check.population.of)}${against}${reason}`,
        findings: check.findings
          .flatMap((fingerprint) => known.get(fingerprint) ?? [])
          .slice(0, MAX_EVIDENCE),
      };
    }),
  }));
}

function judge({
  status,
  strength,
  reason,
  checks,
}: ControlResult): Pick<AssessedControl, 'outcome' | 'remarks'> {
  const because = reason === undefined ? '' : `: ${reason}`;
  switch (status) {
    case 'passed':
      if (strength !== 'strong' || checks.length === 0)
        return {
          outcome: 'other',
          remarks:
            'the logs show a part of what it requires, and nothing against it: the rest needs other evidence',
        };
      return { outcome: 'satisfied', remarks: 'the logs show what it requires, on all that was looked at' };
    case 'failed':
      return { outcome: 'failed', remarks: `the logs show a breach${because}` };
    case 'excepted': {
      const waived = whyExcepted({ status, checks });
      const by = waived === undefined ? '' : ` (${waived})`;
      return {
        outcome: 'other',
        remarks: `what the logs show against it is waived${by}: somebody answers for it until the waiver ends`,
      };
    }
    case 'undetermined':
      return { outcome: 'other', remarks: `undetermined: the logs, or this run, cannot tell${because}` };
    case 'not-assessable':
      return { outcome: 'excluded', remarks: `no log can show it${because}` };
  }
}

/** Nothing can be satisfied here: nobody asked what was not found. */
function fromFindings(report: Report): AssessedControl[] {
  const wordsOf = createWords(report);
  const byControl = new Map<string, Finding[]>();
  for (const finding of report.findings) {
    if (finding.verdict === 'satisfied') continue;
    for (const control of wordsOf(finding).controls)
      getOrCreate(byControl, control, (): Finding[] => []).push(finding);
  }
  return [...byControl]
    .sort(([left], [right]) => compareText(left, right))
    .map(([name, findings]) => {
      const colon = name.indexOf(':');
      const open = findings.filter(({ waiver }) => waiver === undefined);
      const proved = open.filter(({ verdict }) => verdict === 'violation');
      const remarks =
        proved.length > 0
          ? 'the logs show a breach'
          : open.length > 0
            ? 'undetermined: the logs cannot tell'
            : 'every finding that names it is waived: somebody answers for it';
      return {
        framework: colon > 0 ? name.slice(0, colon) : 'controls',
        control: name.slice(colon + 1),
        outcome: proved.length > 0 ? 'failed' : 'other',
        remarks,
        observations: [
          {
            title: 'findings that name the control',
            description: `${count(findings.length, 'finding')}, ${count(findings.length - open.length, 'of them waived', 'of them waived')}`,
            findings: findings.slice(0, MAX_EVIDENCE),
          },
        ],
      };
    });
}
