/** The tests of sources and of logs that are lines of text, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('sources', 'text-logs');
