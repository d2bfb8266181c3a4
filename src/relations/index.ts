/** The relations, as a listing of this folder. */
import type { RelationDefinition } from '../model/relation.ts';
import { concurrency } from './concurrency.ts';
import { eventCount } from './event-count.ts';
import { permitted } from './permitted.ts';
import { temporalOrdered } from './temporal-ordered.ts';
import { valueCount } from './value-count.ts';

export const RELATIONS: readonly RelationDefinition[] = [
  concurrency,
  eventCount,
  permitted,
  temporalOrdered,
  valueCount,
];
