/** Answers already given, by value id: each distinct value is judged once by each matcher. */

const UNKNOWN = 0;
const NO = 1;
const YES = 2;

const PAGE_BITS = 10;
const PAGE_SIZE = 1 << PAGE_BITS;

/** 64 pages, 64 KiB a matcher at most: 5,000 matchers stay under 320 MiB however many values the log has. */
const MAX_PAGES = 64;

export class ValueMemo {
  private readonly pages: (Uint8Array | undefined)[] = [];
  private allocated = 0;

  /** The answer for `id`, undefined when none was kept. An id of -1 names no value. */
  get(id: number): boolean | undefined {
    if (id < 0) return undefined;
    const answer = this.pages[id >>> PAGE_BITS]?.[id & (PAGE_SIZE - 1)] ?? UNKNOWN;
    return answer === UNKNOWN ? undefined : answer === YES;
  }

  set(id: number, answer: boolean): void {
    if (id < 0) return;
    const number = id >>> PAGE_BITS;
    let page = this.pages[number];
    if (page === undefined) {
      if (this.allocated === MAX_PAGES) return;
      this.allocated++;
      page = new Uint8Array(PAGE_SIZE);
      this.pages[number] = page;
    }
    page[id & (PAGE_SIZE - 1)] = answer ? YES : NO;
  }
}
