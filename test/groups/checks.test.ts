/** The tests of what is judged: checks, relations, roles, and what is made of findings, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('checks', 'relations', 'roles', 'triage');
