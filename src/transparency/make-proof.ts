/** Inclusion and consistency proofs as lists of subtrees (RFC 9162 sections 2.1.3.1 and 2.1.4.1); who has the hashes fills them in. */

/** Leaves `[begin, end)`, whose MTH is one hash of a proof. */
export type LeafSpan = { begin: number; end: number };

/** The largest power of two that is smaller than `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

/** From the leaf's sibling up to the root's child. @throws {RangeError} for a leaf outside the span */
export function inclusionSpans(leaf: number, { begin, end }: LeafSpan): LeafSpan[] {
  if (!(leaf >= begin && leaf < end)) throw new RangeError(`leaf ${leaf} is outside [${begin}, ${end})`);
  const spans: LeafSpan[] = [];
  let span = { begin, end };
  while (span.end - span.begin > 1) {
    const middle = span.begin + splitOf(span.end - span.begin);
    const [left, right] = [
      { begin: span.begin, end: middle },
      { begin: middle, end: span.end },
    ];
    spans.push(leaf < middle ? right : left);
    span = leaf < middle ? left : right;
  }
  return spans.reverse();
}

/** What proves that the tree of `newSize` leaves begins with that of `oldSize`. @throws {RangeError} */
export function consistencySpans(oldSize: number, newSize: number): LeafSpan[] {
  if (oldSize === 0) return [];
  return subtreeConsistencySpans({ begin: 0, end: oldSize }, newSize);
}

/**
 * What proves that the tree of `size` leaves holds that subtree (draft-ietf-plants-merkle-tree-certs, section 4.4).
 * @throws {RangeError} for a span that is no subtree of it
 */
export function subtreeConsistencySpans(subtree: LeafSpan, size: number): LeafSpan[] {
  const { begin, end } = subtree;
  if (!(begin < end && end <= size) || begin % ceilingPower(end - begin) !== 0)
    throw new RangeError(`[${begin}, ${end}) is no subtree of ${size} leaves`);
  const spans: LeafSpan[] = [];
  let wanted = subtree;
  let span = { begin: 0, end: size };
  let isKnown = true;
  while (span.begin !== wanted.begin || span.end !== wanted.end) {
    const middle = span.begin + splitOf(span.end - span.begin);
    if (wanted.end <= middle) {
      spans.push({ begin: middle, end: span.end });
      span = { begin: span.begin, end: middle };
      continue;
    }
    spans.push({ begin: span.begin, end: middle });
    span = { begin: middle, end: span.end };
    if (wanted.begin >= middle) continue;
    // The subtree lies on both sides: who knows its root does not know the root of this part of it.
    wanted = { begin: middle, end: wanted.end };
    isKnown = false;
  }
  if (!isKnown) spans.push(span);
  return spans.reverse();
}

/** The smallest power of two that is at least `size`. */
function ceilingPower(size: number): number {
  let power = 1;
  while (power < size) power *= 2;
  return power;
}
