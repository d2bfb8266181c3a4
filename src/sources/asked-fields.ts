/** How raw fields are asked for: after a sample of questions it is decided how those about a field are answered best. */
import type { Slot } from '../model/event.ts';

/** Questions about one field. */
const SAMPLE = 64;

export class AskedFields {
  /** By slot: whether the field's texts repeat; undefined as long as too few were seen. */
  readonly repeats: (boolean | undefined)[] = [];
  // By slot: how often an id was asked for and since which record; the record last sampled, texts asked for, new ones among them.
  private readonly ids: number[] = [];
  private readonly idsSince: number[] = [];
  private readonly sampledAt: number[] = [];
  private readonly texts: number[] = [];
  private readonly novelTexts: number[] = [];

  /** Identifiers and hashes of records never repeat: whether a field's texts do, its first ones tell, each record's once. */
  sampleText(slot: Slot, record: number, isNovel: boolean): void {
    if (this.sampledAt[slot] === record) return;
    this.sampledAt[slot] = record;
    const asked = (this.texts[slot] ?? 0) + 1;
    this.texts[slot] = asked;
    if (isNovel) this.novelTexts[slot] = (this.novelTexts[slot] ?? 0) + 1;
    if (asked === SAMPLE) this.repeats[slot] = (this.novelTexts[slot] ?? 0) * 2 < SAMPLE;
  }

  /** Told of each question for the id of a field. @returns whether most records are asked for theirs */
  isIdWanted(slot: Slot, record: number): boolean {
    const asked = (this.ids[slot] ?? 0) + 1;
    if (asked === 1) this.idsSince[slot] = record;
    this.ids[slot] = asked;
    if (asked < SAMPLE) return false;
    this.ids[slot] = 0;
    return record - this.idsSince[slot]! < SAMPLE * 2;
  }
}
