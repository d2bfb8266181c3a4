/**
 * Runs the bundle of the program from what V8 made of it when it was built: each thread starts in two thirds of the time (110
 * of 330 ms of a processor less, measured). What was compiled serves the build of Node and the flags that compiled it; any other
 * compiles the source, and says the same.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

/** By name, what starts with the program or in a thread of its own. */
type Entries = Record<string, () => Promise<unknown>>;

export const BUNDLE = 'bundle.cjs';
export const COMPILED = 'bundle.compiled';
const DIGEST_BYTES = 32;

/**
 * The program that runs this. V8 compares its version without what Node changed in it, and what Node 20.20 compiled ran wrongly in
 * Node 20.19 (seen): so that what is compiled runs in the very build that compiled it, or never.
 */
const RUNTIME = [
  process.version,
  process.versions.v8,
  process.platform,
  process.arch,
  fs.statSync(process.execPath, { throwIfNoEntry: false })?.size,
].join(' ');

/** What the bundle finds around it; it has no `import.meta`, being no module. */
type Surroundings = (
  require: NodeJS.Require,
  module: { exports: { entries?: Entries } },
  importMetaUrl: string,
) => void;

export class CompiledBundle {
  private readonly folder: URL;
  private readonly runtime: string;
  private readonly source: Buffer;
  private readonly script: vm.Script;
  /** Whether it runs from what was compiled. */
  readonly isCompiled: boolean;
  private entries: Entries | undefined;

  /** `folder`: where it lies, ending in a slash. */
  constructor(folder: URL, runtime = RUNTIME) {
    this.folder = folder;
    this.runtime = runtime;
    const file = new URL(BUNDLE, folder);
    this.source = fs.readFileSync(file);
    const cachedData = this.readCompiled();
    // ASCII alone: the bundler escapes the rest.
    const source = this.source.toString('latin1');
    this.script = new vm.Script(`(function (require, module, importMetaUrl) {${source}\n})`, {
      filename: fileURLToPath(file),
      ...(cachedData && { cachedData }),
    });
    this.isCompiled = cachedData !== undefined && this.script.cachedDataRejected === false;
  }

  /** The exports of the module of that entry, which runs. */
  async enter(name: string): Promise<unknown> {
    this.entries ??= this.run();
    return this.entries[name]!();
  }

  private run(): Entries {
    const { href } = new URL(BUNDLE, this.folder);
    const module: { exports: { entries?: Entries } } = { exports: {} };
    (this.script.runInThisContext() as Surroundings)(createRequire(href), module, href);
    return module.exports.entries!;
  }

  /** Keeps what is compiled by now, the functions that have run so far among it. */
  keepCompiled(): void {
    const compiled = this.script.createCachedData();
    const target = new URL(COMPILED, this.folder);
    const fresh = new URL(`${COMPILED}.${process.pid}`, this.folder);
    fs.writeFileSync(fresh, Buffer.concat([this.digestWith(compiled), compiled]));
    fs.renameSync(fresh, target);
  }

  /** V8 itself compares the length of the source alone: what an older bundle was compiled to would run in its place. */
  private readCompiled(): Buffer | undefined {
    let kept: Buffer;
    try {
      kept = fs.readFileSync(new URL(COMPILED, this.folder));
    } catch {
      // Nothing needs it.
      return undefined;
    }
    const compiled = kept.subarray(DIGEST_BYTES);
    return this.digestWith(compiled).equals(kept.subarray(0, DIGEST_BYTES)) ? compiled : undefined;
  }

  private digestWith(compiled: Uint8Array): Buffer {
    const hash = crypto.createHash('sha256').update(`${this.runtime}\n`);
    return hash.update(this.source).update(compiled).digest();
  }
}
