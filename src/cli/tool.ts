/** The tool's own name and version, as package.json has them. */
import fs from 'node:fs';
import { packageFile } from '../base/package-file.ts';

const manifest = JSON.parse(fs.readFileSync(packageFile('package.json'), 'utf8')) as {
  name: string;
  version: string;
};

export const TOOL = { name: manifest.name, version: manifest.version };
