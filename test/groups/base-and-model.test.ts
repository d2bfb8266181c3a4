/** The tests of base, model, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('base', 'model');
