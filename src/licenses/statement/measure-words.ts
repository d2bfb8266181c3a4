/** How a measure is named beside its figures: over which period, and in which unit. */
import type { Count, CountKey, Measure } from '../contract/contract.ts';

export function periodWords({ over, anchor }: Measure): string {
  return over === 'month' && anchor !== 1 ? `months from day ${anchor}` : `a ${over}`;
}

export function unitOf(count: Count): string {
  switch (count.what) {
    case 'seats':
    case 'events':
      return count.what;
    case 'distinct':
      return `${keyWord(count.key)}${count.per === undefined ? '' : ` per ${count.per}`}`;
    case 'assigned':
      return keyWord(count.key);
    case 'sum':
    case 'level':
    case 'sampled':
      return count.field.name;
  }
}

function keyWord(key: CountKey): string {
  if (typeof key !== 'string') return key.name;
  return key === 'person' ? 'people' : 'hosts';
}
