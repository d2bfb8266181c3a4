/** The tests of triage, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('triage');
