/**
 * Imported for its effect, by every process of the tests: a function is optimized after five times the usual work, for most run
 * for moments; that saves a sixth of the processor's time (measured). The flag is one of Node 20.
 */
import v8 from 'node:v8';

if (process.version.startsWith('v20.')) v8.setFlagsFromString('--interrupt-budget=300000');
