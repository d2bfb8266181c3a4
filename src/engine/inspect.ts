/** A look at the head of a file: its layout, its records and the source they speak for. Nothing is audited. */
import type { JsonValue } from '../base/json.ts';
import type { Limits } from '../model/request.ts';
import { readHead } from '../read/open.ts';
import type { ReadHead } from '../read/records.ts';
import { type Detection, detectSource, findWrapper } from '../sources/detect.ts';
import type { Mapping } from '../sources/mapping.ts';
import { judgeHead, unwrap } from './file-head.ts';
import type { Plan } from './plan.ts';
import { documentSealOf, textSealOf } from './seals.ts';

export type Inspection = {
  records: JsonValue[];
  wrapper: readonly string[] | undefined;
  detection: Detection;
};

/** Undefined when the file holds nothing that could be looked at. */
export async function inspectFile(
  file: string,
  mappings: readonly Mapping[],
  limits: Limits,
): Promise<Inspection | undefined> {
  let inspection: Inspection | undefined;
  await readHead(file, limits, (documents) => {
    const wrapper = documents
      .map((document) => findWrapper(document, mappings))
      .find((found) => found !== undefined);
    const records = documents.flatMap((document) => unwrap(document, wrapper?.keys));
    if (records.length > 0)
      inspection = { records, wrapper: wrapper?.keys, detection: detectSource(records, mappings) };
    return wrapper?.keys;
  });
  return inspection;
}

/** What a scan would decide from the head of a file; undefined where it is compressed, holds seals or cannot be read. */
export async function inspectHead(
  plan: Plan,
  file: string,
): Promise<{ head: ReadHead; source: string | null } | undefined> {
  let source: string | null = null;
  let isSeal = false;
  const seen = await readHead(file, plan.request.limits, (documents) => {
    isSeal = (textSealOf(file) ?? documentSealOf(file, documents)) !== undefined;
    const judged = judgeHead(plan, documents);
    source = judged.source;
    return judged.wrapper;
  });
  return seen === undefined || isSeal || seen.compression !== 'none'
    ? undefined
    : { head: seen.head, source };
}
