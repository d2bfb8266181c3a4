/** The tests over data of others, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('data');
