/** The tests of roles, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('roles');
