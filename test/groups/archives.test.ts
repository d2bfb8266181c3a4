/** The tests of archives on disk, of what they may lose and of the bundles made of them, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('redaction', 'retention', 'evidence', 'store');
