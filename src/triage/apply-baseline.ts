/** Findings held against a baseline: each is new or unchanged, and what is gone is listed. */
import { count, quote } from '../base/text-safety.ts';
import { type Finding, SEVERITIES, type Severity } from '../model/finding.ts';
import type { AbsentFinding, BaselineSummary, Notice, Report } from '../model/report.ts';
import { whatCounts } from '../model/verdict.ts';
import { type Baseline, indexBaseline, keyOf, noveltyOf, toEntry } from './baseline.ts';

export function applyBaseline(report: Report, baseline: Baseline): Report {
  const index = indexBaseline(baseline);
  const found = indexBaseline({ entries: report.findings.map(toEntry) });
  const findings = report.findings.map((finding): Finding => {
    const key = keyOf(finding);
    const novelty = noveltyOf(toEntry(finding), found.get(key)!, index.get(key));
    if (novelty === undefined) return { ...finding, baseline: 'unchanged' };
    const { because } = novelty;
    return { ...finding, baseline: 'new', ...(because !== undefined && { newBecause: because }) };
  });
  const absent = [...index].flatMap(([key, { worst }]) => (found.has(key) ? [] : [toAbsent(worst)]));
  const readWhole = new Set(
    report.inputs.flatMap(({ file, status }) => (status === 'complete' ? [file] : [])),
  );
  const summary: BaselineSummary = {
    file: baseline.file,
    entries: index.size,
    new: findings.filter((each) => each.baseline === 'new').length,
    unchanged: findings.filter((each) => each.baseline === 'unchanged').length,
    gone: absent.length,
    unread: absent.filter(({ file }) => !readWhole.has(file)).length,
    carried: countCarried({ ...report, findings }),
  };
  return {
    ...report,
    findings,
    absent,
    baseline: summary,
    notices: [...report.notices, ...staleNotices(summary)],
  };
}

function toAbsent({ rule, code, fingerprint, message, file }: AbsentFinding): AbsentFinding {
  return { rule, code, fingerprint, message, file };
}

/** What would count for the verdict if the baseline did not know it. */
function countCarried(report: Report): Partial<Record<Severity, number>> {
  const counts = whatCounts(report, report.summary);
  const carried = report.findings.filter((finding) => {
    const { baseline, ...unknown } = finding;
    return baseline === 'unchanged' && !counts(finding) && counts(unknown);
  });
  return Object.fromEntries(
    SEVERITIES.toReversed().flatMap((severity) => {
      const amount = carried.filter((finding) => finding.severity === severity).length;
      return amount === 0 ? [] : [[severity, amount]];
    }),
  );
}

function staleNotices({ file, gone, unread }: BaselineSummary): Notice[] {
  if (gone === 0) return [];
  const doubt =
    unread === 0 ? '' : ` (${count(unread, 'of them', 'of them')} in files that this run did not read whole)`;
  const message = `${count(gone, 'finding')} of the baseline ${quote(file)} ${gone === 1 ? 'is' : 'are'} gone${doubt}: "audit-check baseline prune" takes them out`;
  return [{ code: 'stale-baseline', message }];
}
