/** A look at the head of a file: its layout, its records and the source they speak for. Nothing is audited. */
import type { JsonValue } from '../base/json.ts';
import type { Limits } from '../model/request.ts';
import type { SealKind } from '../model/seal.ts';
import type { TextFormat } from '../model/text-format.ts';
import { readHead } from '../read/open.ts';
import type { ReadHead, RecordSink } from '../read/record-sink.ts';
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
  /** The kind of seals that the file holds in the place of records. */
  seal: SealKind | undefined;
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
      const seal = textSealOf(file) ?? (text === undefined ? documentSealOf(file, documents) : undefined);
      inspection = { records, wrapper: wrapper?.keys, text: text?.name, detection, seal };
    }
    return wrapper?.keys;
  };
  await readHead(file, limits, look, textLogsOf({}, file));
  return inspection;
}

/** What a scan decides from the head of a file. `text`: of a file of text, its format and its first lines. */
export type HeadInspection = {
  head: ReadHead;
  source: string | null;
  text?: { format: TextFormat; lines: readonly string[] };
};

/** Undefined for a file that is compressed, holds seals or cannot be read. */
export async function inspectHead(plan: Plan, file: string): Promise<HeadInspection | undefined> {
  let source: string | null = null;
  let isSeal = false;
  let known: HeadInspection['text'];
  const look: RecordSink['begin'] = (documents, text, lines = []) => {
    known = text && { format: text, lines };
    isSeal =
      (textSealOf(file) ?? (text === undefined ? documentSealOf(file, documents) : undefined)) !== undefined;
    const judged = judgeHead(plan, documents, undefined, text);
    source = judged.source;
    return judged.wrapper;
  };
  const seen = await readHead(file, plan.request.limits, look, textLogsOf(plan.request, file));
  if (seen === undefined || isSeal || seen.compression !== 'none') return undefined;
  return { head: seen.head, source, ...(known !== undefined && { text: known }) };
}
