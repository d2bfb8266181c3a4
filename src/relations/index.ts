/** The relations, as a listing of this folder. */
import type { RelationDefinition } from '../model/relation.ts';
import { concurrency } from './concurrency.ts';
import { eventCount } from './event-count.ts';
import { gap } from './gap.ts';
import { newValue } from './new-value.ts';
import { requires } from './requires.ts';
import { temporalOrdered } from './temporal-ordered.ts';
import { valueCount } from './value-count.ts';

export const RELATIONS: readonly RelationDefinition[] = [
  concurrency,
  eventCount,
  gap,
  newValue,
  requires,
  temporalOrdered,
  valueCount,
];
