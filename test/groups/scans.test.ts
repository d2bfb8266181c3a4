/** The tests of the engine, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('engine');
