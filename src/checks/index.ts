/** The checks, by name. `UPDATE=1 npm test` writes the list from the folder: one import and one entry a member. */
import type { CheckDefinition } from '../model/check.ts';
import { hashChain } from './hash-chain.ts';
import { recordForm } from './record-form.ts';
import { requiredFields } from './required-fields.ts';
import { timestamps } from './timestamps.ts';

/** A check's state is its own affair: whoever holds the list passes states on and never looks inside. */
export const CHECKS = [
  hashChain,
  recordForm,
  requiredFields,
  timestamps,
] as readonly CheckDefinition<unknown>[];
