/** What an event says about access: who asked, for what, and what was decided. Each format of roles reads it in its own way. */
import type { FieldRef } from '../model/mark.ts';
import type { Logsource } from '../model/rule.ts';

/** A field whose text a reader of events wants; with `list` every value, as a JSON array. */
export type WantedField = { field: FieldRef; list?: true };

export type LoggedRequest = {
  subject: string;
  groups: readonly string[];
  action: string;
  /** Undefined: the event does not tell it. */
  resource: string | undefined;
  /** The resource as the event has it, where roles name it otherwise and the two cannot be compared. */
  shownResource?: string;
  /** Undefined: the event does not tell it. */
  recorded: 'allowed' | 'denied' | undefined;
  /** The event says that nothing came of it. */
  failed?: true;
  /** Why a recorded denial need not come from the roles: another policy, admission. */
  denialDoubt?: string;
};

/**
 * One event may take several permissions; none where it is not about access, and `skip` says why. `isOpen`: it may well be
 * access, and outside the roles; the event leaves out what they are held to.
 */
export type LoggedAccess = { requests: readonly LoggedRequest[]; skip?: string; isOpen?: true };

export function notAsked(skip: string): LoggedAccess {
  return { requests: [], skip };
}

/** What was refused is no access, whatever the event leaves out. */
export function cannotBeJudged(skip: string, isRefused = false): LoggedAccess {
  return isRefused ? notAsked(`${skip}, and was refused`) : { requests: [], skip, isOpen: true };
}

export type AccessReader = {
  /** Where no rule says which events are meant. */
  logsource: Logsource;
  fields: readonly WantedField[];
  /** `values` as `fields` wants them, in their order. */
  read(values: readonly (string | undefined)[]): LoggedAccess;
  /**
   * What tells that the log would show an action if it happened, although nobody did it: another action with the same
   * answer happened. Undefined where only the action itself tells.
   */
  sibling(action: string): string | undefined;
  /** Why the log never shows the action. */
  neverShown(action: string): string | undefined;
};

/** A list that was cut short ends with a null (`engine/list-text.ts`): groups would be missing, and with them roles. */
const CUT = ',null]';

/** What the reader makes of the values, unless a list in them is not whole. */
export function readAccess(reader: AccessReader, values: readonly (string | undefined)[]): LoggedAccess {
  for (const [at, { list }] of reader.fields.entries()) {
    if (list === true && values[at]?.endsWith(CUT))
      return cannotBeJudged('the event lists more groups or resources than are read');
  }
  return reader.read(values);
}

/** The texts of a list field. */
export function readList(value: string | undefined): string[] {
  if (value === undefined) return [];
  const texts: unknown = JSON.parse(value);
  return Array.isArray(texts) ? texts.filter((text) => typeof text === 'string') : [];
}

export function rawFields(...names: readonly string[]): WantedField[] {
  return names.map((name) => ({ field: { taxonomy: 'raw', name } }));
}

export function rawList(name: string): WantedField {
  return { field: { taxonomy: 'raw', name }, list: true };
}
