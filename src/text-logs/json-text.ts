/** JSON of a record, written member by member: lines come by the million, and most of their texts need no escape. */

const NEEDS_ESCAPE = /[^ !#-[\]-~]/;

export function toJsonText(text: string): string {
  return NEEDS_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** `,"name":"value"`, or nothing for what is absent. `name` needs no escape. */
export function textMember(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `,"${name}":${toJsonText(value)}`;
}

/** `,"name":5` for a whole number as a log writes it, without the zeros before it. */
export function numberMember(name: string, digits: string | number | undefined): string {
  return digits === undefined ? '' : `,"${name}":${Number(digits)}`;
}
