/**
 * Where everything lies in the kernel's memory, in bytes. The memory never grows, so no view of it is ever detached;
 * pages that nothing was written to cost address space only.
 */

const PAGE: usize = 65536;

/** Columns whose beginnings lie a multiple of 4096 apart would push one another out of the first-level cache. */
const STAGGER: usize = 5 * 64;

/** Words that a call answers with beside its result: see the offsets below. */
export const HEADER: usize = 4096;

/** 1 where the record is in RFC 8785 form, as far as its numbers of DOUBTS are. */
export const CANONICAL: usize = HEADER;
/** How many numbers stand in DOUBTS. */
export const DOUBT_COUNT: usize = HEADER + 4;
/** Values found in the last record. */
export const FOUND: usize = HEADER + 8;
/** Where the record of `scanLine` begins and ends. */
export const RECORD_START: usize = HEADER + 12;
export const RECORD_END: usize = HEADER + 16;
/** Nanoseconds beyond the milliseconds that `plainInstant` answers. */
export const NANOS: usize = HEADER + 20;
/** Both results of `hash`. */
export const HASH_FIRST: usize = HEADER + 24;
export const HASH_SECOND: usize = HEADER + 28;
/** The result of `checksum`: 32 bits and 20. */
export const CHECKSUM_LOW: usize = HEADER + 32;
export const CHECKSUM_HIGH: usize = HEADER + 36;
/** Distinct values that `intern` knows. */
export const ID_COUNT: usize = HEADER + 40;
/** The shape of the last record: see `shapes.ts`. */
export const SHAPE: usize = HEADER + 44;
/** The lanes of `checksum` while it folds them. */
export const CHECKSUM_LANES: usize = HEADER + 64;

/** Pairs of start and end of numbers that only ECMAScript can judge, as long as the record is canonical otherwise. */
export const DOUBTS: usize = HEADER + 256;
export const MAX_DOUBTS: i32 = 64;

/** Deeper records go to the slow twin. CloudTrail has 20 levels. */
export const MAX_DEPTH: i32 = 64;
/** Hashes of the keys of one object a level; wider objects go to the slow twin unless their keys ascend. */
export const MAX_KEYS: i32 = 256;
export const KEY_HASHES: usize = 8192;

/** Columns of the values found, by value. */
export const MAX_VALUES: i32 = 8192;
export const STARTS: usize = 2 * PAGE;
export const ENDS: usize = STARTS + MAX_VALUES * 4 + STAGGER;
export const KEY_STARTS: usize = ENDS + MAX_VALUES * 4 + STAGGER;
export const NEXT: usize = KEY_STARTS + MAX_VALUES * 4 + STAGGER;
/** Where the outermost array that the value stands in begins, and where the element of it; -1 outside of any. */
export const LISTS: usize = NEXT + MAX_VALUES * 4 + STAGGER;
export const ELEMENTS: usize = LISTS + MAX_VALUES * 4 + STAGGER;
export const IDS: usize = ELEMENTS + MAX_VALUES * 4 + STAGGER;
export const KINDS: usize = IDS + MAX_VALUES * 4 + STAGGER;

/** Of each value that became the first of its slot: slot, whether in an array, whether an empty text, kind; in the order of the record. */
export const TOKENS: usize = KINDS + MAX_VALUES + STAGGER;

/** Columns by slot, a region of its own for each trie. */
export const MAX_TRIES: i32 = 64;
export const MAX_SLOTS: i32 = 2048;
export const HEADS: usize = 0;
export const TAILS: usize = HEADS + MAX_SLOTS * 4 + STAGGER;
export const RANKS: usize = TAILS + MAX_SLOTS * 4 + STAGGER;
export const COUNTS: usize = RANKS + MAX_SLOTS * 4 + STAGGER;
export const STAMPS: usize = COUNTS + MAX_SLOTS * 4 + STAGGER;
/** 1 where the id of the first value is wanted from every record. */
export const WANTS_ID: usize = STAMPS + MAX_SLOTS * 4 + STAGGER;
/** The shape of the trie's last record, plus one. */
export const LAST_SHAPE: usize = WANTS_ID + MAX_SLOTS * 4 + STAGGER;
export const SLOTS_BYTES: usize = LAST_SHAPE + 64;
export const SLOTS: usize = 7 * PAGE + 25 * 64;

/**
 * Nodes, tables, keys and slot lists of all tries. A field of Windows may stand in 196 ways and takes 23 KB, so there is room for 960
 * of them (measured; 4 MB had room for 181).
 */
export const TRIES: usize = 64 * PAGE;
export const TRIES_BYTES: usize = 320 * PAGE;

/**
 * The block that files are read into. Behind it stand zeros that nobody ever writes to: a zero ends every token, so
 * no loop needs to look for the end of the block.
 */
export const BLOCK: usize = TRIES + TRIES_BYTES;
export const BLOCK_BYTES: i32 = 8 * 1024 * 1024;

/** Records that stand in no file as they are seen, to be scanned; zeros around them, as behind the block. */
export const ASIDE: usize = BLOCK + BLOCK_BYTES + PAGE;
export const ASIDE_BYTES: i32 = 1024 * 1024;

/** Texts and pre-images on their way in or out; as large as the largest record. */
export const SCRATCH: usize = ASIDE + ASIDE_BYTES + PAGE;
export const SCRATCH_BYTES: i32 = BLOCK_BYTES;

/** A text that spans are compared with, and that stays there from one comparison to the next. */
export const TEXT: usize = SCRATCH + SCRATCH_BYTES + PAGE;
export const TEXT_BYTES: i32 = 1024;

/** Interned values: a table of (id + 1, hash), entries of 32 bytes, and the bytes of those longer than 16. */
export const MAX_IDS: i32 = 1 << 20;
/** Longer values (policies, command lines) hardly repeat and would fill the arena. */
export const MAX_ID_BYTES: i32 = 256;
/** Chance never needs so many looks at the table (the longest of a million values: some 80); values made to collide do. */
export const MAX_LOOKS: i32 = 512;
export const MAX_ARENA_BYTES: i32 = 24 * 1024 * 1024;
export const ID_TABLE: usize = TEXT + PAGE;
export const ID_ENTRIES: usize = ID_TABLE + MAX_IDS * 2 * 8;
export const ID_ARENA: usize = ID_ENTRIES + MAX_IDS * 32;

/** Shapes of records, a KiB each, and a table of (shape + 1). Logs have some dozens. */
export const MAX_SHAPES: i32 = 4096;
/** A record with more first values has no shape. */
export const MAX_TOKENS: i32 = 248;
export const SHAPE_TABLE: usize = ID_ARENA + MAX_ARENA_BYTES + PAGE;
export const SHAPES: usize = SHAPE_TABLE + MAX_SHAPES * 4 * 4;

/** Keys of objects by the keys before them: see `sequences.ts`. The objects of most logs have a few sequences each. */
export const MAX_KNOWN_KEYS: i32 = 4096;
export const KNOWN_KEY_SHIFT: i32 = 7;
export const KNOWN_KEYS: usize = SHAPES + MAX_SHAPES * 1024;
/** A word for each node of a trie, which takes 128 bytes of TRIES at least: the first key of its objects. */
export const FIRST_KEYS: usize = KNOWN_KEYS + (MAX_KNOWN_KEYS << KNOWN_KEY_SHIFT);
export const FIRST_KEYS_BYTES: usize = (TRIES_BYTES / 128) * 4;

/** Given to the compiler by `build/kernel.ts`, which holds this number against it. */
export const MEMORY_PAGES: i32 = <i32>((FIRST_KEYS + FIRST_KEYS_BYTES) / PAGE) + 1;
