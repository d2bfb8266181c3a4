/** Judges the operations of one did:plc identity: links, CIDs, signatures, and who may undo what until when. */
import { formatDuration, parseTimestamp } from '../../base/instant.ts';
import { quote } from '../../base/text-safety.ts';
import type { ProtocolBreak } from '../protocol.ts';
import { didOf, type PlcOperation, signatureBytes, signerOf } from './plc-operation.ts';

/** "A 72-hour window … during which operations … may be overridden": in nanoseconds. */
const RECOVERY_WINDOW = 72n * 3_600_000_000_000n;

export function judgePlcLog(
  did: string,
  operations: readonly PlcOperation[],
): { breaks: ProtocolBreak[]; head: string | undefined } {
  const log = new PlcLog(did);
  for (const operation of operations) log.append(operation);
  log.compareNullified();
  return { breaks: log.breaks, head: log.head };
}

class PlcLog {
  readonly breaks: ProtocolBreak[] = [];
  private readonly did: string;
  /** The operations that count, in their order, and the position of each by its CID. */
  private readonly history: PlcOperation[] = [];
  private readonly positions = new Map<string, number>();
  private readonly undone = new Map<string, PlcOperation>();
  private readonly all = new Map<string, PlcOperation>();
  private last: PlcOperation | undefined;

  constructor(did: string) {
    this.did = did;
  }

  get head(): string | undefined {
    return this.history.at(-1)?.cid;
  }

  append(operation: PlcOperation): void {
    const before = this.last;
    const repeated = this.all.get(operation.cid);
    this.judgeContent(operation);
    if (repeated !== undefined) {
      this.say(
        'repeated-record',
        operation,
        `expected each operation once, found ${quote(operation.cid)} again`,
        [repeated],
      );
      return;
    }
    this.judgeTime(operation, before);
    this.all.set(operation.cid, operation);
    this.last = operation;
    if (before === undefined) this.begin(operation);
    else if (operation.previous === null)
      this.say('second-genesis', operation, `expected an operation that follows another, found a first one`);
    else this.follow(operation, operation.previous);
  }

  private judgeContent(operation: PlcOperation): void {
    const { cid, claimedCid, foreign } = operation;
    if (foreign.length > 0) {
      const found = foreign.slice(0, 3).map(quote).join(', ');
      const message = `expected the members of a ${operation.type}, which the directory would not take with others, found ${found}${foreign.length > 3 ? ' and more' : ''}`;
      this.say('forbidden-operation', operation, message);
    }
    if (cid.startsWith('!')) {
      this.say(
        'not-canonicalizable',
        operation,
        `expected an operation that can be hashed, found that ${cid.slice(1)}`,
      );
    } else if (claimedCid !== undefined && claimedCid !== cid) {
      this.say('altered-record', operation, `expected the CID ${quote(cid)}, found ${quote(claimedCid)}`);
    }
  }

  private judgeTime(operation: PlcOperation, before: PlcOperation | undefined): void {
    const time = timeOf(operation);
    if (time === undefined) {
      if (operation.did === undefined) return;
      const found = quote(operation.createdAt ?? '');
      this.say('forbidden-operation', operation, `expected "createdAt", an RFC 3339 time, found ${found}`);
      return;
    }
    const earlier = before && timeOf(before);
    if (before === undefined || earlier === undefined || time >= earlier) return;
    const message = `expected a time from ${quote(before.createdAt!)} on, found ${quote(operation.createdAt!)}`;
    this.say('reordered-record', operation, message, [before]);
  }

  private push(operation: PlcOperation): void {
    this.positions.set(operation.cid, this.history.length);
    this.history.push(operation);
  }

  private begin(operation: PlcOperation): void {
    this.push(operation);
    if (operation.previous !== null) {
      const message = `expected a first operation, found one that follows ${quote(operation.previous)}: earlier operations are not in this log`;
      this.say('missing-genesis', operation, message);
      return;
    }
    if (operation.type === 'plc_tombstone')
      this.say(
        'forbidden-operation',
        operation,
        'expected an operation that makes the identity, found a tombstone',
      );
    const did = didOf(operation);
    if (operation.did !== undefined && did !== this.did)
      this.say(
        'altered-record',
        operation,
        `expected the identity ${quote(did)}, which its first operation makes, found ${quote(this.did)}`,
      );
    this.signedBy(operation, operation.rotationKeys, 'its own rotation keys');
  }

  private follow(operation: PlcOperation, previous: string): void {
    const at = this.positions.get(previous);
    if (at === undefined) {
      this.sayBrokenLink(operation, previous);
      this.push(operation);
      return;
    }
    const parent = this.history[at]!;
    if (parent.type === 'plc_tombstone') {
      this.say('forbidden-operation', operation, 'expected no operation after a tombstone, found one', [
        parent,
      ]);
      return;
    }
    const disputed = this.history[at + 1];
    if (disputed === undefined) {
      this.signedBy(operation, parent.rotationKeys, 'the rotation keys of the operation before it');
      this.push(operation);
    } else this.nullify(operation, parent, disputed, at);
  }

  /** Somebody with a more powerful key undoes what followed the parent. */
  private nullify(operation: PlcOperation, parent: PlcOperation, disputed: PlcOperation, at: number): void {
    const signer = signerOf(disputed, parent.rotationKeys);
    const stronger = parent.rotationKeys.slice(0, Math.max(0, signer));
    const related = [disputed];
    if (signerOf(operation, stronger) < 0) {
      const known = signerOf(operation, parent.rotationKeys) >= 0;
      if (known || signatureBytes(operation) !== undefined) {
        const found = known ? 'one that is not' : 'one that none of them made';
        this.say(
          'forked-chain',
          operation,
          `expected one successor of ${quote(parent.cid)}, or a second one signed by a key that stands before the one of the first, found ${found}`,
          related,
        );
      } else this.signedBy(operation, stronger, 'a more powerful rotation key');
      return;
    }
    const [time, start] = [timeOf(operation), timeOf(disputed)];
    if (time !== undefined && start !== undefined && time - start > RECOVERY_WINDOW) {
      const message = `expected operations to be undone within 72 h, found one undone after ${formatDuration(time - start)}`;
      this.say('forbidden-operation', operation, message, related);
      return;
    }
    for (const undone of this.history.splice(at + 1)) {
      this.positions.delete(undone.cid);
      this.undone.set(undone.cid, undone);
    }
    this.push(operation);
  }

  private signedBy(operation: PlcOperation, keys: readonly string[], who: string): void {
    if (operation.cid.startsWith('!') || signerOf(operation, keys) >= 0) return;
    const { signature } = operation;
    const message =
      signatureBytes(operation) === undefined
        ? `expected a signature of 64 bytes in base64url without padding, found ${quote(signature)}`
        : `expected a signature by ${who} in its low-S form, found ${quote(signature)}, which none of the ${keys.length} made`;
    this.say('bad-signature', operation, message);
  }

  private sayBrokenLink(operation: PlcOperation, previous: string): void {
    const undone = this.undone.get(previous);
    const head = this.history.at(-1);
    const message =
      undone === undefined
        ? `expected the CID of an operation before it (the last is ${quote(head?.cid ?? '')}), found ${quote(previous)}`
        : `expected an operation that was not undone, found that it follows ${quote(previous)}, which was`;
    this.say(
      'broken-link',
      operation,
      message,
      [undone ?? head].filter((related) => related !== undefined),
    );
  }

  /** The directory says beside each operation whether it was undone; the operations say it themselves. */
  compareNullified(): void {
    if (this.breaks.length > 0) return;
    for (const operation of this.all.values()) {
      const undone = this.undone.has(operation.cid);
      if (operation.did === undefined || operation.nullified === undone) continue;
      const message = `expected "nullified": ${undone}, as the operations say, found ${operation.nullified ?? 'neither true nor false'}`;
      this.say('forbidden-operation', operation, message);
    }
  }

  private say(
    code: ProtocolBreak['code'],
    { record }: PlcOperation,
    message: string,
    related: readonly PlcOperation[] = [],
  ): void {
    this.breaks.push({ code, record, message, related: related.map((other) => other.record) });
  }
}

function timeOf({ createdAt }: PlcOperation): bigint | undefined {
  if (createdAt === undefined) return undefined;
  const parsed = parseTimestamp(createdAt);
  return 'instant' in parsed ? parsed.instant : undefined;
}
