/** Numbers as the serializers of other languages write them, from the digits of the record. */
import { canonicalNumber, NotCanonicalizableError } from '../base/canonical-json.ts';

export const NUMBER_STYLES = ['ecmascript', 'python', 'go'] as const;
export type NumberStyle = (typeof NUMBER_STYLES)[number];

/** @throws {NotCanonicalizableError} for a number beyond the double range, where the style has no form for it */
export function formatNumberAs(style: NumberStyle, lexeme: string): string {
  if (style === 'python') return pythonNumber(lexeme);
  const text = canonicalNumber(lexeme);
  // Go's encoding/json of a float64: ECMAScript's form, but the sign of zero stays.
  return style === 'go' && text === '0' && lexeme.startsWith('-') ? '-0' : text;
}

const INTEGER = /^-?\d+$/;

/** `json.dumps(json.loads(text))`: integers have any length; of a float `repr`, with an exponent below 1e-4 and from 1e16 on. */
function pythonNumber(lexeme: string): string {
  if (INTEGER.test(lexeme)) return lexeme === '-0' ? '0' : lexeme;
  const number = Number(lexeme);
  if (!Number.isFinite(number))
    throw new NotCanonicalizableError(`the number ${lexeme} is beyond the double range`);
  if (number === 0) return Object.is(number, -0) ? '-0.0' : '0.0';
  const size = Math.abs(number);
  if (size < 1e-4 || size >= 1e16) {
    const [digits, exponent = ''] = number.toExponential().split('e');
    return `${digits}e${exponent.slice(0, 1)}${exponent.slice(1).padStart(2, '0')}`;
  }
  const text = String(number);
  return text.includes('.') ? text : `${text}.0`;
}
