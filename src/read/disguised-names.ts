/**
 * Names of files in the disguise in which they pass through a library of patterns. As they are, fast-glob 3.3.3 changes some (it
 * takes `.\a` for `a`, on every system, and then passes over the other) and its wildcards match no line separators.
 */

/** Stands before the hexadecimal code of each character in disguise, itself among them. Private use: hardly a name has it. */
const MARK = '\ue05c';
const DISGUISED = new RegExp(`[\\\\\n\r\u2028\u2029${MARK}]`, 'g');
const CODE_LENGTH = 4;
const IN_DISGUISE = new RegExp(`${MARK}([0-9a-f]{${CODE_LENGTH}})`, 'g');

export function disguise(name: string): string {
  return name.replace(
    DISGUISED,
    (character) => MARK + character.charCodeAt(0).toString(16).padStart(CODE_LENGTH, '0'),
  );
}

/** Of a name or a path of them. */
export function undisguise(place: string): string {
  return place.replace(IN_DISGUISE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
