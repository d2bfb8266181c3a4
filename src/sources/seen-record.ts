/** What a mapping sees of a record: the record that it carries as text, other texts that are JSON, lists of names and values. */
import type { JsonValue } from '../base/json.ts';
import type { Mapping } from './mapping.ts';
import { withNamedMembers } from './named-members.ts';
import { withInnerRecord, withOpenedTexts } from './opened-texts.ts';

/** Itself where it is seen as it stands; all that it has itself is in it but for what texts say otherwise. */
export function seenRecord(
  record: JsonValue,
  { inside, texts, named }: Pick<Mapping, 'inside' | 'texts' | 'named'>,
): JsonValue {
  return withNamedMembers(withOpenedTexts(withInnerRecord(record, inside), texts), named);
}
