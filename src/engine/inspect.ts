/** A look at the head of a file: its layout, its records and the source they speak for. Nothing is audited. */
import type { JsonValue } from '../base/json.ts';
import type { Limits } from '../model/request.ts';
import { readHead } from '../read/open.ts';
import type { ReadHead, RecordSink } from '../read/records.ts';
import { type Detection, detectSource, findWrapper } from '../sources/detect.ts';
import type { Mapping } from '../sources/mapping.ts';
import { judgeHead, textLogsOf, unwrap } from './file-head.ts';
import type { Plan } from './plan.ts';
import { documentSealOf, textSealOf } from './seals.ts';

export type Inspection = {
  records: JsonValue[];
  wrapper: readonly string[] | undefined;
  /** The format of a file of text. */
  text: string | undefined;
  detection: Detection;
};

/** Undefined when the file holds nothing that could be looked at. */
export async function inspectFile(
  file: string,
  mappings: readonly Mapping[],
  limits: Limits,
): Promise<Inspection | undefined> {
  let inspection: Inspection | undefined;
  const look: RecordSink['begin'] = (documents, text) => {
    const wrapper = documents
      .map((document) => findWrapper(document, mappings))
      .find((found) => found !== undefined);
    const records = documents.flatMap((document) => unwrap(document, wrapper?.keys));
    if (records.length > 0) {
      const detection = detectSource(records, mappings);
      inspection = { records, wrapper: wrapper?.keys, text: text?.name, detection };
    }
    return wrapper?.keys;
  };
  await readHead(file, limits, look, textLogsOf({}, file));
  return inspection;
}

/** What a scan would decide from the head of a file; undefined where it is compressed, text, holds seals or cannot be read. */
export async function inspectHead(
  plan: Plan,
  file: string,
): Promise<{ head: ReadHead; source: string | null } | undefined> {
  let source: string | null = null;
  let isSeal = false;
  let isText = false;
  const look: RecordSink['begin'] = (documents, text) => {
    isText = text !== undefined;
    isSeal = (textSealOf(file) ?? documentSealOf(file, documents)) !== undefined;
    const judged = judgeHead(plan, documents);
    source = judged.source;
    return judged.wrapper;
  };
  const seen = await readHead(file, plan.request.limits, look, textLogsOf(plan.request, file));
  return seen === undefined || isSeal || isText || seen.compression !== 'none'
    ? undefined
    : { head: seen.head, source };
}
