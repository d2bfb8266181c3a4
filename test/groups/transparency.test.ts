/** The tests of transparency, with those of the logs on disk, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('transparency');
