/**
 * The answer to `--version`, which needs nothing of the program: scripts ask for it at each of their starts, and loading the
 * program is half of the time that it then takes (measured).
 */
import { ignoreClosedPipe } from './closed-pipe.ts';
import { TOOL } from './tool.ts';

process.stdout.on('error', ignoreClosedPipe);
process.stdout.write(`${TOOL.version}\n`);
