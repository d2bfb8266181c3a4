/** A file that stands under `licenseFiles` of a contract: text of FlexNet, or a report log of RLM, read as any log is. */
import { parseTimestamp } from '../base/instant.ts';
import { type RlmRecord, tellsOfServing } from '../licenses/license-file/served-products.ts';
import type { LicenseText } from '../licenses/parse/parse-license-entries.ts';
import type { Problem } from '../model/problem.ts';
import type { TextOptions } from '../model/text-format.ts';
import { rlm } from '../text-logs/rlm.ts';
import { readText } from './yaml-file.ts';

/** Lines that are looked at to know what a file is. */
const HEAD_LINES = 100;

/** `zone`: of times whose log states none. */
export function readLicenseText(file: string, zone: string, problems: Problem[]): LicenseText | undefined {
  const text = readText(file, problems);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  if (!rlm.recognizes(lines.slice(0, HEAD_LINES), file)) return { file, text };
  const stated = readServed(lines, {});
  const { records, mistakes } = stated.records.every(hasOffset) ? stated : readServed(lines, { zone });
  if (mistakes.length === 0 && records.every(({ event }) => event !== 'PRODUCT'))
    mistakes.push({ line: 0, message: 'expected PRODUCT records, found none' });
  problems.push(
    ...mistakes.map(({ line, message }) => ({ file, line, column: line === 0 ? 0 : 1, message })),
  );
  return { file, text, served: records };
}

type Served = { records: RlmRecord[]; mistakes: { line: number; message: string }[] };

/** Other lines that are malformed are findings of the log, and change no quantity. */
function readServed(lines: readonly string[], options: TextOptions): Served {
  const reader = rlm.start(lines.slice(0, HEAD_LINES), options);
  const served: Served = { records: [], mistakes: [] };
  for (const [index, line] of lines.entries()) {
    const outcome = reader.line(line);
    if (typeof outcome !== 'object') continue;
    if ('record' in outcome) {
      const record = JSON.parse(outcome.record) as RlmRecord;
      if (tellsOfServing(record.event)) served.records.push(record);
    } else if ('malformed' in outcome && tellsOfServing(/^\w*/.exec(line)![0])) {
      served.mistakes.push({ line: index + 1, message: `expected ${outcome.malformed}` });
    }
  }
  return served;
}

function hasOffset({ time }: RlmRecord): boolean {
  return typeof time !== 'string' || parseTimestamp(time).problem === undefined;
}
