/** Findings that say earlier records are missing, where a signed record says that they were deleted: no alarm, but told. */
import { count } from '../base/text-safety.ts';
import type { CheckResult } from '../model/check.ts';
import type { Notice } from '../model/report.ts';

/** Takes from `results` what `evidence` accounts for, and says so. Everything else stays as it is. */
export function withoutDeclaredAbsence(
  results: readonly CheckResult[],
  evidence: readonly CheckResult[],
): CheckResult[] {
  const declared = new Set(evidence.flatMap(({ frontPruned }) => frontPruned ?? []));
  if (declared.size === 0) return [...results];
  return results.map((result) => {
    const isDeclared = ({ code, place }: (typeof result.findings)[number]) =>
      code === 'missing-genesis' && declared.has(place.file);
    const excused = result.findings.filter(isDeclared);
    if (excused.length === 0) return result;
    const begin = count(excused.length, 'chain begins', 'chains begin');
    const notice: Notice = {
      code: 'pruned-genesis',
      message: `${begin} behind what retention deleted, as a signed record says: what came before cannot be held to the chain any more, first at ${excused[0]!.place.file}`,
    };
    return {
      ...result,
      findings: result.findings.filter((finding) => !isDeclared(finding)),
      notices: [...(result.notices ?? []), notice],
    };
  });
}
