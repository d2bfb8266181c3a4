/** From when until when a contract, or one of its licenses, is in force. */
import { quote } from '../../base/text-safety.ts';
import type { Term } from '../contract/contract.ts';
import { graceAfter } from '../contract/grace.ts';
import type { ContractReader } from './contract-reader.ts';
import type { Value } from './contract-text.ts';

const TERM_KEYS = { owner: '"term"', known: ['from', 'until', 'grace'] };

export function parseTerm(reader: ContractReader, node: Value): Term | undefined {
  const entries = reader.mapping(node, 'a term with "from" and "until"', TERM_KEYS);
  if (entries === undefined) return undefined;
  const from = reader.optional(entries, 'from', (value) => reader.date(value));
  const untilNode = reader.required(entries, 'until', node, '"term"');
  const until = untilNode && reader.date(untilNode);
  const grace = reader.optional(entries, 'grace', (value) => reader.wait(value));
  if (from !== undefined && until !== undefined && until.instant <= from.instant) {
    reader.problem(
      untilNode,
      `expected a day after ${from.text}, for terms are half-open, found ${quote(until.text)}`,
    );
  }
  return (
    until && {
      ...(from && { from }),
      until,
      ...(grace === undefined ? { grace: 0n } : graceAfter(until.instant, grace, reader.zone)),
    }
  );
}
