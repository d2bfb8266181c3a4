/** Finds the group that an event is of: by the ids of its values where they repeat, else by the name that they make. */
import { personKey } from '../base/person-key.ts';
import { ABSENT, ASK_TEXT } from '../sources/event-cursor.ts';
import type { GroupedRows } from './grouped-rows.ts';
import type { MarkedEvent } from './marked-event.ts';
import type { MarkOutput } from './plan.ts';
import { MAX_IDS, RowIds } from './row-ids.ts';
import { RELATION_BYTES } from './row-marks.ts';

/** No group. */
export const NO_GROUP = -1;
/** Values of this length at most are copied into a group's name. */
const MAX_COPIED = 255;

export class EventGroups {
  private readonly rows: GroupedRows;
  private readonly ids = new RowIds();
  /** The name of a group that is sought. */
  private name = Buffer.alloc(1024);
  /** Whether some text had to be asked for since somebody said that none had: then there may be several. */
  isAsked = false;

  constructor(rows: GroupedRows) {
    this.rows = rows;
  }

  /** Groups have other numbers from now on. */
  forget(): void {
    this.ids.clear();
  }

  /** NO_GROUP when a value is absent that must not be; one that may is null in the group's name. */
  of(output: MarkOutput, event: MarkedEvent): number {
    const { relation, group: slots } = output;
    if (slots.length > MAX_IDS) return this.named(output, event);
    const { ids } = this.ids;
    for (let index = 0; index < MAX_IDS; index++) {
      const id = index < slots.length ? event.repeatingId(slots[index]!) : NO_GROUP;
      if (id < 0 && index < slots.length) return this.named(output, event);
      ids[index] = id;
    }
    const known = this.ids.find(relation);
    if (known !== NO_GROUP) return known;
    const group = this.named(output, event);
    if (group !== NO_GROUP) this.ids.add(relation, group);
    return group;
  }

  /** `texts`: the values, where they are chosen of several. */
  named(
    { relation, group: slots, optional, persons }: MarkOutput,
    event: MarkedEvent,
    texts?: readonly (string | undefined)[],
  ): number {
    let at = RELATION_BYTES;
    this.name.writeUInt32BE(relation);
    this.name[at++] = OPEN_BRACKET;
    for (let index = 0; index < slots.length; index++) {
      this.reserveName(at + MAX_COPIED + 8);
      if (index > 0) this.name[at++] = COMMA;
      const length =
        texts === undefined ? event.copyText(slots[index]!, this.name, at + 1, MAX_COPIED) : ASK_TEXT;
      const isPerson = persons?.[index] === true;
      if (length === ABSENT || length === ASK_TEXT || isPerson) {
        if (length === ASK_TEXT) this.isAsked = true;
        const text =
          length === ABSENT
            ? undefined
            : length !== ASK_TEXT
              ? this.name.toString('latin1', at + 1, at + 1 + length)
              : texts === undefined
                ? event.text(slots[index]!)
                : texts[index];
        const value = isPerson && text !== undefined ? personKey(text) : text;
        if (value === undefined && !optional?.[index]) return NO_GROUP;
        const json = JSON.stringify(value ?? null);
        this.reserveName(at + json.length * 3 + 8);
        at += this.name.write(json, at);
        continue;
      }
      // ASCII without quotes, backslashes and controls, so JSON as it is.
      this.name[at] = QUOTE;
      at += length + 2;
      this.name[at - 1] = QUOTE;
    }
    this.name[at++] = CLOSE_BRACKET;
    this.name[at++] = 0;
    return this.rows.group(this.name, at);
  }

  private reserveName(length: number): void {
    if (length <= this.name.length) return;
    const larger = Buffer.alloc(length * 2);
    larger.set(this.name);
    this.name = larger;
  }
}

const QUOTE = 0x22;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMMA = 0x2c;
