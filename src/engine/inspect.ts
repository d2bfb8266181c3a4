/** A look at the head of a file: its layout's records and the source they speak for. Nothing is audited. */
import type { JsonValue } from '../base/json.ts';
import type { Limits } from '../model/request.ts';
import { readInput } from '../read/open.ts';
import { RecordReader } from '../read/records.ts';
import { type Detection, detectSource, findWrapper } from '../sources/detect.ts';
import type { Mapping } from '../sources/mapping.ts';
import { unwrap } from './scan.ts';

export type Inspection = {
  records: JsonValue[];
  wrapper: readonly string[] | undefined;
  detection: Detection;
};

/** Thrown through the reader once its head was seen. */
class EnoughSeen extends Error {}

/** Undefined when the file holds nothing that could be looked at. */
export async function inspectFile(
  file: string,
  mappings: readonly Mapping[],
  limits: Limits,
): Promise<Inspection | undefined> {
  let inspection: Inspection | undefined;
  const reader = new RecordReader(
    {
      begin(documents) {
        const wrapper = documents
          .map((document) => findWrapper(document, mappings))
          .find((found) => found !== undefined);
        const records = documents.flatMap((document) => unwrap(document, wrapper?.keys));
        if (records.length > 0)
          inspection = { records, wrapper: wrapper?.keys, detection: detectSource(records, mappings) };
        throw new EnoughSeen();
      },
      scan: (_, start) => start,
      record: () => {},
      malformed: () => {},
    },
    { recordLimit: limits.recordBytes },
  );
  try {
    await readInput(file, reader, limits, () => {});
  } catch (error) {
    if (!(error instanceof EnoughSeen)) throw error;
  }
  return inspection;
}
