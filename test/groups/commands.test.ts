/** The tests of commands as a terminal shows them, in one process, and one more that runs most of the commands. */
import { importTests } from '../support/import-folder.ts';

await importTests('cli');
