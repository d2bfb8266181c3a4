/**
 * Lines of a text log that its reader did not understand, by their forms: a mergeable fold, plain data. Of forms without end the
 * first by name are kept, so that the same ones are left however the log was cut; all lines count.
 */
import { count, formatNumber, quote } from '../base/text-safety.ts';

const MAX_FORMS = 20;
const NAMED_FORMS = 3;

type At = { line: number; offset: number; length: number };
type Form = { form: string; lines: number; first: At };

/** `forms`: in the order of their names. `isMore`: there were others. */
export type UnknownLines = { lines: number; first: At; forms: Form[]; isMore: boolean };

export function addUnknown(known: UnknownLines | undefined, form: string, at: At): UnknownLines {
  const { line, offset, length } = at;
  const first = { line, offset, length };
  return mergeUnknown(known, { lines: 1, first, forms: [{ form, lines: 1, first }], isMore: false })!;
}

/** `right` began where `left` ended; changes and returns `left`, where there is one. */
export function mergeUnknown(
  left: UnknownLines | undefined,
  right: UnknownLines | undefined,
): UnknownLines | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  left.lines += right.lines;
  left.isMore ||= right.isMore;
  for (const each of right.forms) {
    const own = left.forms.find(({ form }) => form === each.form);
    if (own !== undefined) {
      own.lines += each.lines;
      continue;
    }
    const at = left.forms.findIndex(({ form }) => form > each.form);
    left.forms.splice(at < 0 ? left.forms.length : at, 0, each);
    if (left.forms.length <= MAX_FORMS) continue;
    left.forms.pop();
    left.isMore = true;
  }
  return left;
}

/** `9 lines of 2 forms were not understood: "(demo) Frobnicated #" 8 times, …`, and where each form came first. */
export function unknownWords({ lines, first, forms, isMore }: UnknownLines): {
  message: string;
  places: At[];
} {
  const often = [...forms].sort((a, b) => b.lines - a.lines);
  const named = often
    .slice(0, NAMED_FORMS)
    .map((each) => `${quote(each.form)}${each.lines === 1 ? '' : ` ${formatNumber(each.lines)} times`}`);
  const others = isMore || forms.length > NAMED_FORMS ? ' and others' : '';
  const kinds = isMore ? `more than ${count(forms.length, 'form')}` : count(forms.length, 'form');
  return {
    message: `${count(lines, 'line')} of ${kinds} ${lines === 1 ? 'was' : 'were'} not understood, and no record made of ${lines === 1 ? 'it' : 'them'}: ${named.join(', ')}${others}`,
    places: [first, ...often.map((each) => each.first).filter(({ offset }) => offset !== first.offset)],
  };
}
