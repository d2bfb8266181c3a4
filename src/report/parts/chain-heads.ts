/** The last hash of each chain: who keeps it elsewhere can later tell by it whether the end was cut off, or all written anew. */
import type { Report } from '../../model/report.ts';

export const WHY_KEEP_HEADS =
  'kept elsewhere, the head hash shows later whether a log was cut off or written anew';

export type ChainHead = { stream: string; head: string };

export function chainHeads({ streams }: Report): ChainHead[] {
  return streams.flatMap(({ stream, head }) => (head === undefined ? [] : [{ stream, head }]));
}
