/** One record of a text log as JSON: members in the order they are given, absent ones left out. */

export type Members = Readonly<Record<string, string | number | boolean | undefined>>;

export function toRecord(members: Members): { record: string } {
  return { record: JSON.stringify(members) };
}

/** A whole number that JSON and every reader of it keep exactly; other texts stay texts. */
export function toNumber(text: string): number | string {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;
}
