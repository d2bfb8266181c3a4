/** Where the bench finds the project, and where it keeps what it generates. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Not in the repository; may be removed at any time, and is filled again. */
export const CACHE = path.join(ROOT, '.cache', 'bench');
