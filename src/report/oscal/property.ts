/** Properties of ours, in a namespace where they mean what they say. */
import { escapeControls, truncate } from '../../base/text-safety.ts';

const NAMESPACE = 'urn:audit-check:oscal';
const MAX_VALUE = 1_000;

/** A value is one line without white space around it, and never empty. */
export function property(name: string, value: string) {
  return { name, ns: NAMESPACE, value: escapeControls(truncate(value, MAX_VALUE)).trim() || '-' };
}
