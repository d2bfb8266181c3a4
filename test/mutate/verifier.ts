/** Verifies lines in this process: the checks that judge records and chains, over the fast cursor. Tests only. */
import type { ChainState } from '../../src/chain/chain-state.ts';
import { hashChain } from '../../src/checks/hash-chain.ts';
import { recordForm } from '../../src/checks/record-form.ts';
import { timestamps } from '../../src/checks/timestamps.ts';
import type { Check, CheckDefinition } from '../../src/model/check.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { StreamSummary } from '../../src/model/report.ts';
import type { AuditRequest } from '../../src/model/request.ts';
import { EventCursor } from '../../src/sources/event-cursor.ts';
import { ValueIds } from '../../src/sources/value-ids.ts';
import { shipped } from '../sources/shipped-mappings.ts';
import { emptyRequest } from '../support/empty-request.ts';

type Verified = { findings: Finding[]; streams: StreamSummary[]; records: number };

const CHECKS = [hashChain, recordForm, timestamps] as readonly CheckDefinition<unknown>[];

export class Verifier {
  private readonly cursor = new EventCursor(shipped('audit'), new ValueIds());
  private readonly checks: { check: Check<unknown>; step: (state: unknown, event: EventCursor) => void }[];

  constructor(changes: Partial<AuditRequest>) {
    const request = emptyRequest(changes);
    this.checks = CHECKS.flatMap((definition) => {
      const check = definition.create(request);
      return check === undefined ? [] : [{ check, step: check.compile(this.cursor) as never }];
    });
  }

  /** `namesForm`: where nothing recomputes, seek the writer's form; the search takes longer than everything else. */
  verify(files: Readonly<Record<string, readonly string[]>>, namesForm = true): Verified {
    const states = this.checks.map(({ check }) => check.start());
    let records = 0;
    for (const [fileIndex, file] of Object.keys(files).sort().entries()) {
      let offset = 0;
      for (const [index, line] of files[file]!.entries()) {
        const bytes = Buffer.from(line);
        this.cursor.scan(bytes, 0, bytes.length);
        this.cursor.locate(file, fileIndex, index + 1, offset, bytes.length);
        offset += bytes.length + 1;
        records++;
        for (const [at, { step }] of this.checks.entries()) step(states[at], this.cursor);
      }
    }
    if (!namesForm) (states[0] as ChainState).unfitted = [];
    const results = this.checks.map(({ check }, at) => check.finish(states[at]));
    return {
      findings: results.flatMap(({ findings }) => findings),
      streams: results.flatMap(({ streams = [] }) => streams),
      records,
    };
  }
}
