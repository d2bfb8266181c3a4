/** The tests of what may be taken away, and of what must be kept how long. */
import { importTests } from '../support/import-folder.ts';

await importTests('redaction');
