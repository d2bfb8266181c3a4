/** Runs the chain check over lines with the fast cursor; a prepared beginning of a log can be gone on from many times. */
import { hashChain } from '../../src/checks/hash-chain.ts';
import type { CheckResult } from '../../src/model/check.ts';
import { compareFindings } from '../../src/model/finding.ts';
import type { AuditRequest } from '../../src/model/request.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { UNKNOWN_SOURCE } from '../../src/sources/mapping.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { emptyRequest } from '../support/empty-request.ts';
import { CHAIN_KEY } from './chain-generator.ts';
import { SHIPPED_CHAINS } from './shipped-chains.ts';

type State = ReturnType<NonNullable<ReturnType<typeof hashChain.create>>['start']>;

/** The key of chains made under hmac-jcs; where it is given, chains without one are downgraded. */
export const CHAIN_KEYS = { chain: CHAIN_KEY };

export function chainRequest(changes: Partial<AuditRequest> = {}): AuditRequest {
  const keys = changes.chain === 'hmac-jcs' ? CHAIN_KEYS : {};
  return emptyRequest({ chains: SHIPPED_CHAINS, keys, ...changes });
}

/** A place in a run of lines: file, number of the file, position of the line. */
type At = { file: string; fileIndex: number; ordinal: number };

export class ChainRun {
  readonly check: NonNullable<ReturnType<typeof hashChain.create>>;
  private readonly cursor = new EventCursor(UNKNOWN_SOURCE, new ValueIds());
  private readonly step: (state: State, event: EventCursor) => void;

  constructor(changes: Partial<AuditRequest> = {}) {
    this.check = hashChain.create(chainRequest(changes))!;
    this.step = this.check.compile(this.cursor);
  }

  fold(state: State, lines: readonly string[], { file, fileIndex, ordinal }: At): State {
    for (const [index, line] of lines.entries()) {
      const bytes = Buffer.from(line);
      this.cursor.scan(bytes, 0, bytes.length);
      const position = ordinal + index;
      this.cursor.locate(file, fileIndex, position + 1, position * 1000, bytes.length);
      this.step(state, this.cursor);
    }
    return state;
  }

  files(files: Record<string, readonly string[]>): State {
    const state = this.check.start();
    for (const [fileIndex, file] of Object.keys(files).sort().entries()) {
      this.fold(state, files[file]!, { file, fileIndex, ordinal: 0 });
    }
    return state;
  }

  verify(files: Record<string, readonly string[]>): CheckResult {
    return this.check.finish(this.files(files));
  }
}

/** `file:line code` of every finding, by place. */
export function codes({ findings }: Pick<CheckResult, 'findings'>): string[] {
  return findings.toSorted(compareFindings).map(({ place, code }) => `${place.file}:${place.line} ${code}`);
}
