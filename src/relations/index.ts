/** The relations, as a listing of this folder. */
import type { RelationDefinition } from '../model/relation.ts';
import { concurrency } from './concurrency.ts';
import { eventCount } from './event-count.ts';
import { gap } from './gap.ts';
import { newValue } from './new-value.ts';
import { permitted } from './permitted.ts';
import { requires } from './requires.ts';
import { temporal } from './temporal.ts';
import { temporalOrdered } from './temporal-ordered.ts';
import { valueAvg } from './value-avg.ts';
import { valueCount } from './value-count.ts';
import { valueMedian } from './value-median.ts';
import { valuePercentile } from './value-percentile.ts';
import { valueSum } from './value-sum.ts';

export const RELATIONS: readonly RelationDefinition[] = [
  concurrency,
  eventCount,
  gap,
  newValue,
  permitted,
  requires,
  temporal,
  temporalOrdered,
  valueAvg,
  valueCount,
  valueMedian,
  valuePercentile,
  valueSum,
];
