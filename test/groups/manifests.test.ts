/** The tests of lists of digests, in one process. */
import { importTests } from '../support/import-folder.ts';

await importTests('manifests');
