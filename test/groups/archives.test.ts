/** The tests of what an archive may lose, in one process: fields that are taken away, segments that are due. */
import { importTests } from '../support/import-folder.ts';

await importTests('redaction', 'retention');
