/** The tests of chain, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('chain');
