/** did:plc: signed operations that name each other by CID, one log for each identity (https://web.plc.directory/spec/v0.1/did-plc). */
import { quote } from '../../base/text-safety.ts';
import type { ChainProtocol, ProtocolRecord, ProtocolStreamVerdict } from '../protocol.ts';
import { judgePlcLog } from './plc-log.ts';
import { didOf, type PlcOperation, readPlcOperation, toPlcOperation } from './plc-operation.ts';

/** Records of the audit log (`/log/audit`) wrap an operation; those of the operation log (`/log`) are one. */
export const plc: ChainProtocol = {
  name: 'plc',
  signs: ['operation.sig', 'sig'],
  holds: (record) => readPlcOperation(record) !== undefined,
  judge(records) {
    const operations = records.flatMap(({ json }, index) => toPlcOperation(json, index) ?? []);
    return [...byIdentity(operations, records)].map(([did, own]): ProtocolStreamVerdict => {
      const { breaks, head } = judgePlcLog(did, own);
      return {
        stream: did,
        records: own.map(({ record }) => record),
        breaks,
        ...(head !== undefined && { head }),
        limits: [
          'operations cut off at the end leave no trace: compare the head with the directory',
          'a key that stood first can rewrite the last 72 hours: compare with a copy that is older',
          ...(own.some(({ did }) => did === undefined)
            ? ['an operation log has no times: whether operations were nullified in time is not shown']
            : []),
        ],
        unproven: new Map(
          own.flatMap(({ record, beside }) => (beside.length === 0 ? [] : [[record, unsigned(beside)]])),
        ),
      };
    });
  },
};

function unsigned(members: readonly string[]): string {
  return `members beside the operation are signed by nobody: ${members.slice(0, 3).map(quote).join(', ')}`;
}

/** An operation without its identity belongs to the one at the beginning of its links, else to that of its file. */
function byIdentity(
  operations: readonly PlcOperation[],
  records: readonly ProtocolRecord[],
): Map<string, PlcOperation[]> {
  const streams = new Map<string, PlcOperation[]>();
  const identities = new Map<string, string>();
  const lastOf = new Map<string, string>();
  for (const operation of operations) {
    const { did, cid, previous, record } = operation;
    const begun = previous === null ? didOf(operation) : identities.get(previous);
    const { file } = records[record]!.place;
    const name = did ?? begun ?? lastOf.get(file) ?? `operations of ${quote(file)}`;
    identities.set(cid, name);
    lastOf.set(file, name);
    const stream = streams.get(name);
    if (stream === undefined) streams.set(name, [operation]);
    else stream.push(operation);
  }
  return streams;
}
