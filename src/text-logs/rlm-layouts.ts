/**
 * The records of an RLM report log, as "Reportlog File Format" of the RLM License Administration Manual lists them
 * (https://www.reprisesoftware.com/docs/admin/reportlog-format.html), under the names that our records use.
 */
import { splitWords, type Word } from './rlm-words.ts';

/**
 * Of each kind the forms that versions and formats (standard, detailed, small) of the log have. `"name"` is in quotes in
 * the log. `name…` may be several words: user names are not quoted, host names have no spaces. `name*` is the rest of the
 * line, whatever it holds.
 */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  OUT: [
    'feature version pool user… host "isv_def" quantity in_use reserved_in_use handle share_handle process "project" "requested_feature" "requested_version" day clock "os" "command" roam_days roam_handle ip',
    'feature version pool user… host "isv_def" quantity in_use reserved_in_use handle share_handle process "project" "requested_feature" "requested_version" day clock "os" "command" roam_days roam_handle',
    'feature version pool user… host "isv_def" quantity in_use reserved_in_use handle share_handle process "project" "requested_feature" "requested_version" day clock "os" "command"',
    'feature version pool user… host "isv_def" quantity in_use reserved_in_use handle share_handle process "project" "requested_feature" "requested_version" day clock',
    'feature version user… host "isv_def" quantity handle share_handle clock',
  ],
  IN: [
    'why feature requested_version user… host "isv_def" quantity in_use reserved_in_use handle day clock',
    'why quantity handle clock',
  ],
  DENY: ['feature requested_version user… host "isv_def" quantity why last_attempt day clock'],
  INUSE: [
    'feature version pool user… host "isv_def" quantity handle share_handle process day clock',
    'feature version pool user… host "isv_def" quantity handle process day clock',
  ],
  QUE: [
    'feature version user… host "isv_def" quantity handle "project" "requested_feature" "requested_version" day clock',
    'feature version user… host "isv_def" quantity handle clock',
  ],
  DEQUE: [
    'why feature requested_version user… host "isv_def" quantity handle day clock',
    'why quantity handle clock',
  ],
  ROAM_EXTEND: ['feature version pool user… host "isv_def" days_extended handle process day clock'],
  METER_DEC: ['handle meter decrement day clock', 'handle meter decrement day/clock'],
  DYNRES: ['operation user… host pool quantity "reservation" day clock'],
  TEMP: ['operation feature version pool user… host "isv_def" expiry_date expiry_time handle day clock'],
  REREAD: ['user… host day clock'],
  SHUTDOWN: ['user… host day clock'],
  TIMEJUMP: ['minutes day clock'],
  PRODUCT: [
    'feature version pool count reservations soft_limit "hostid" "contract" "customer" "issuer" "line_item" "options" share max_share type named_users meter_type meter meter_initial_decrement meter_period meter_period_decrement',
    'feature version pool count reservations soft_limit "hostid" "contract" "customer" "issuer" "line_item" "options" share max_share type named_users',
    'feature version pool count reservations soft_limit "hostid" "contract" "customer" "issuer" "line_item" "options" share max_share type',
  ],
  START: ['server date clock'],
  END: ['date clock'],
  AUTH: ['section signature*'],
  BADAUTH: ['text*'],
  REPROCESSED: ['text*'],
  SWITCH: ['direction file*'],
  log: ['day clock text*'],
};

const NUMBER = /^-?\d{1,15}$/;
/** Server and share handles and process ids are hexadecimal, all other numbers decimal. */
const HEX = /^(?:0x)?[0-9a-fA-F]{1,16}$/;

/** What the words of some members must look like; a record whose words are shifted fits nowhere. */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    [
      ...['quantity', 'in_use', 'reserved_in_use', 'why', 'last_attempt', 'count', 'reservations'],
      ...['soft_limit', 'max_share', 'named_users', 'days_extended', 'meter', 'decrement', 'roam_days'],
    ].map((name) => [name, NUMBER]),
  ),
  handle: HEX,
  share_handle: HEX,
  process: HEX,
  roam_handle: HEX,
  minutes: /^[+-]?\d{1,9}$/,
  date: /^\d{1,2}\/\d{1,2}\/\d{4}$/,
  day: /^\d{1,2}\/\d{1,2}$/,
  clock: /^\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/,
  'day/clock': /^\d{1,2}\/\d{1,2}\/\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?$/,
  direction: /^(?:to|from)$/,
};

/** One member of a form. `wide`: takes the words that are more than the form has. */
type Slot = { name: string; pattern: RegExp | undefined; quoted: boolean; wide: boolean; rest: boolean };

const LAYOUTS: ReadonlyMap<string, readonly (readonly Slot[])[]> = new Map(
  Object.entries(FORMS).map(([kind, forms]) => [kind, forms.map(toSlots)]),
);

function toSlots(form: string): Slot[] {
  return form.split(' ').map((word) => {
    const name = word.replace(/["…*]/g, '');
    return {
      name,
      pattern: PATTERNS[name],
      quoted: word.startsWith('"'),
      wide: word.endsWith('…'),
      rest: word.endsWith('*'),
    };
  });
}

/** Members by name, as the log writes them; an empty text (`""`) is there and empty. */
export type RlmFields = ReadonlyMap<string, string>;

export function isRlmKind(kind: string): boolean {
  return LAYOUTS.has(kind);
}

/** The forms of a kind, for messages: without our marks. */
export function formsOf(kind: string): string {
  return FORMS[kind]!.map((form) => `${kind} ${form.replace(/[…*]/g, '')}`).join(', or ');
}

/** The fields behind the kind's word, undefined where the line has none of the kind's forms. */
export function readFields(kind: string, line: string): RlmFields | undefined {
  const layouts = LAYOUTS.get(kind)!;
  if (layouts[0]!.at(-1)!.rest) return fitRest(layouts[0]!, line);
  // What a backslash means before a quote is nowhere said: whichever reading gives the record all its fields.
  return fitWords(layouts, line, true) ?? (line.includes('\\') ? fitWords(layouts, line, false) : undefined);
}

function fitRest(layout: readonly Slot[], line: string): RlmFields | undefined {
  const fields = new Map<string, string>();
  let rest = line.trimStart();
  for (const { name, pattern, rest: isRest } of layout) {
    const space = isRest ? -1 : rest.indexOf(' ');
    const text = space < 0 ? rest : rest.slice(0, space);
    if (pattern !== undefined && !pattern.test(text)) return undefined;
    fields.set(name, text);
    rest = space < 0 ? '' : rest.slice(space).trimStart();
  }
  return fields;
}

function fitWords(
  layouts: readonly (readonly Slot[])[],
  line: string,
  escapes: boolean,
): RlmFields | undefined {
  const words = splitWords(line, escapes);
  if (words === undefined) return undefined;
  for (const layout of layouts) {
    const fields = fitLayout(layout, words, line);
    if (fields !== undefined) return fields;
  }
  return undefined;
}

function fitLayout(layout: readonly Slot[], words: readonly Word[], line: string): RlmFields | undefined {
  const surplus = words.length - layout.length;
  if (surplus < 0 || (surplus > 0 && !layout.some(({ wide }) => wide))) return undefined;
  const fields = new Map<string, string>();
  let at = 0;
  for (const { name, pattern, quoted, wide } of layout) {
    const word = words[at]!;
    const count = wide ? surplus + 1 : 1;
    if (quoted && !word.quoted) return undefined;
    if (pattern !== undefined && (word.quoted || !pattern.test(word.text))) return undefined;
    if (count === 1) fields.set(name, word.text);
    else {
      const taken = words.slice(at, at + count);
      if (taken.some((each) => each.quoted)) return undefined;
      fields.set(name, line.slice(word.start, taken.at(-1)!.end));
    }
    at += count;
  }
  return fields;
}
