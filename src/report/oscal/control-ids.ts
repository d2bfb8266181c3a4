/** Names of controls as OSCAL spells them: tokens, lower case, enhancements behind a point (`AU-3(1)` is `au-3.1`). */

/**
 * A token begins with a letter, and frameworks count their controls from 1: those get the name of the framework before them.
 * What is no letter, digit, point, dash or low line becomes a dash.
 */
export function toControlId(framework: string, control: string): string {
  const id = toToken(control);
  const named = STARTS_A_TOKEN.test(id) ? id : `${toToken(framework)}-${id}`;
  return STARTS_A_TOKEN.test(named) ? named : `_${named}`;
}

const STARTS_A_TOKEN = /^[\p{L}_]/u;

/** `AU-3` in a catalog is the control, `au-3_smt` what it states: the target of a finding. */
export function toStatementId(controlId: string): string {
  return `${controlId}_smt`;
}

const MAX_TOKEN = 100;

function toToken(text: string): string {
  return text
    .slice(0, MAX_TOKEN)
    .toLowerCase()
    .replace(/\(([^()]*)\)/g, '.$1')
    .replace(/[^\p{L}\p{N}.\-_]+/gu, '-');
}
