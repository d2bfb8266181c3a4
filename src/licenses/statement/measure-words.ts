/** How a measure is named beside its figures: over which period, and in which unit. */
import type { Count, Measure } from '../contract/contract.ts';

export function periodWords({ over, anchor }: Measure): string {
  return over === 'month' && anchor !== 1 ? `months from day ${anchor}` : `a ${over}`;
}

export function unitOf(count: Count): string {
  switch (count.what) {
    case 'seats':
    case 'events':
      return count.what;
    case 'distinct':
    case 'assigned':
      if (typeof count.key !== 'string') return count.key.name;
      return count.key === 'person' ? 'people' : 'hosts';
    case 'sum':
    case 'level':
    case 'sampled':
      return count.field.name;
  }
}
