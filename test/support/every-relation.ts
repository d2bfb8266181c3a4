/** The rules of `every-relation.yaml`, with the licenses of the demo: what reports are compared with that must not differ. Tests only. */
import { fileURLToPath } from 'node:url';
import type { RunOptions } from './audit-run.ts';

const placeOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export const EVERY_RELATION: RunOptions = {
  builtinRules: false,
  rules: [placeOf('every-relation.yaml')],
  licenses: placeOf('../../fixtures/demo/licenses.yaml'),
};
