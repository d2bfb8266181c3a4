/** The kinds of checks that packs ask for, by name. `UPDATE=1 npm test` writes the list from the folder. */
import { available } from './available.ts';
import { events } from './events.ts';
import { fields } from './fields.ts';
import { integrity } from './integrity.ts';
import { licenses } from './licenses.ts';
import { maximum } from './maximum.ts';
import type { PackCheckKind } from './pack-check-kind.ts';
import { present } from './present.ts';
import { retention } from './retention.ts';
import { review } from './review.ts';
import { rules } from './rules.ts';
import { silence } from './silence.ts';

/** What a kind makes of its texts is its own affair. */
export const CHECK_KINDS = [
  available,
  events,
  fields,
  integrity,
  licenses,
  maximum,
  present,
  retention,
  review,
  rules,
  silence,
] as readonly PackCheckKind<unknown>[];
