/** The floors of the house hold, and the test that says so bites. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { layerViolations } from './support/layers.ts';
import { readSourceTree } from './support/source-tree.ts';

test('every file imports its own folder and lower floors only', () => {
  const tree = readSourceTree();
  assert.ok(tree.size > 20, `expected the sources, found ${tree.size} files`);
  assert.deepEqual(layerViolations(tree), []);
});

describe('the layer test', () => {
  const check = (name: string) => `export const ${name}: CheckDefinition<State> = {};\n`;
  /** A tree that breaks nothing, in which each case changes one file. */
  const sound: Record<string, string> = {
    'base/json.ts': "import crypto from 'node:crypto';\n",
    'model/event.ts': "import type { Json } from '../base/json.ts';\n",
    'read/reader.ts': "import { readFile } from 'node:fs/promises';\nimport '../model/event.ts';\n",
    'sources/mapping.ts': "import type { Event } from '../model/event.ts';\n",
    'match/address.ts': "import { BlockList, isIP } from 'node:net';\n",
    'match/late.ts':
      "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nrequire('yaml');\n",
    'licenses/use/sessions.ts': '',
    'licenses/measures/peak.ts': "import { x } from '../use/sessions.ts';\n",
    'checks/part.ts': "export * from '../model/event.ts';\n",
    'checks/one.ts': `import { part } from './part.ts';\n${check('one')}`,
    'checks/two.ts': `import { part } from './part.ts';\n${check('two')}`,
    'checks/index.ts': "import { one } from './one.ts';\nimport { two } from './two.ts';\n",
    'engine/worker.ts': "import { CHECKS } from '../checks/index.ts';\n",
    'audit.ts': "import { run } from './engine/worker.ts';\n",
    'cli/main.ts':
      "import fs from 'node:fs';\nimport { audit } from '../audit.ts';\nconst now = Date.now();\n",
  };
  const judge = (changes: Record<string, string>) =>
    layerViolations(new Map(Object.entries({ ...sound, ...changes })));

  test('accepts a sound tree', () => assert.deepEqual(judge({}), []));

  const cases: [behaviour: string, path: string, text: string, expected: RegExp][] = [
    [
      'an upward import',
      'base/json.ts',
      "import { x } from '../model/event.ts';\n",
      /upwards from floor 0 to 1/,
    ],
    [
      'an upward type import',
      'model/event.ts',
      "import type { x } from '../checks/one.ts';\n",
      /upwards from floor 1 to 3/,
    ],
    [
      'an upward re-export',
      'model/event.ts',
      "export { x } from '../cli/main.ts';\n",
      /upwards from floor 1 to 5/,
    ],
    [
      'an import over several lines',
      'base/json.ts',
      "import {\n  x,\n  y,\n} from '../model/event.ts';\n",
      /upwards/,
    ],
    ['an import for its effect', 'base/json.ts', "import '../model/event.ts';\n", /upwards/],
    ['a dynamic import', 'base/json.ts', "const x = await import('../model/event.ts');\n", /upwards/],
    ['a computed import', 'base/json.ts', 'const x = await import(name);\n', /computed import/],
    [
      'an import behind a string that looks like a comment',
      'base/json.ts',
      "const g = '**/*.x';\nimport '../model/event.ts';\nconst h = '*/';\n",
      /upwards/,
    ],
    [
      'a sideways import',
      'sources/mapping.ts',
      "import { x } from '../read/reader.ts';\n",
      /sideways on floor 2/,
    ],
    [
      'the engine importing the spine',
      'engine/worker.ts',
      "import { x } from '../audit.ts';\n",
      /sideways on floor 4/,
    ],
    [
      'a room importing one that is not below it',
      'licenses/use/sessions.ts',
      "import { x } from '../measures/peak.ts';\n",
      /which its room may not know/,
    ],
    [
      'a room without a floor',
      'licenses/attic/one.ts',
      "import { x } from '../use/sessions.ts';\n",
      /"attic" is no room/,
    ],
    [
      'a member importing a member',
      'checks/one.ts',
      `import { two } from './two.ts';\n${check('one')}`,
      /do not know each other/,
    ],
    [
      'a part importing a member',
      'checks/part.ts',
      "import { two } from './two.ts';\n",
      /do not know each other/,
    ],
    [
      'the disk outside read/ and cli/',
      'checks/one.ts',
      `import fs from 'node:fs';\n${check('one')}`,
      /touch the disk/,
    ],
    [
      'the disk without the node: prefix',
      'audit.ts',
      "import { readFileSync } from 'fs';\n",
      /touch the disk/,
    ],
    ['the disk by require', 'audit.ts', "const fs = require('node:fs');\n", /touch the disk/],
    [
      'the disk by a require of its own',
      'match/late.ts',
      "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);\nrequire('node:fs');\n",
      /imports node:fs; .* touch the disk/,
    ],
    [
      'a require by another name, which is not seen',
      'match/late.ts',
      "import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\n",
      /imports node:module/,
    ],
    ['the network', 'engine/worker.ts', "import https from 'node:https';\n", /touch the disk or the network/],
    [
      'sockets beside the arithmetic of addresses',
      'match/x.ts',
      "import { isIP, connect } from 'node:net';\n",
      /network/,
    ],
    ['a folder without a floor', 'helpers/x.ts', '', /"helpers" has no floor/],
    ['a file that is not there', 'audit.ts', "import { x } from './engine/gone.ts';\n", /no file of src/],
    ['the clock', 'checks/part.ts', 'const now = Date.now();\n', /unrepeatable/],
    [
      'the order of a locale',
      'checks/part.ts',
      'names.sort((a, b) => a.localeCompare(b));\n',
      /unrepeatable/,
    ],
  ];
  for (const [behaviour, path, text, expected] of cases) {
    test(`refuses ${behaviour}`, () => {
      const violations = judge({ [path]: text });
      assert.equal(violations.length, 1, violations.join('\n'));
      assert.match(violations[0]!, expected);
    });
  }

  test('does not take a comment for an import', () => {
    const text = "/**\n * import { x } from '../cli/main.ts'\n */\n// import '../cli/main.ts'\n";
    assert.deepEqual(judge({ 'base/json.ts': text }), []);
  });
});
