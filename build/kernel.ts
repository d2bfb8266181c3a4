/** Compiles the scanner kernel to `dist/kernel.wasm`, with the digest of its sources in the section `sources`. */
import crypto from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = 'src/read/kernel/assembly';
const target = `${root}dist/kernel.wasm`;
export const SECTION = 'sources';

/** Digest of everything that the kernel is made from: its sources and this file. */
export function sourcesDigest(): string {
  const digest = crypto.createHash('sha256');
  const names = readdirSync(root + sources).toSorted();
  for (const path of [...names.map((name) => `${sources}/${name}`), 'build/kernel.ts']) {
    const text = readFileSync(root + path);
    digest.update(`${path} ${text.length}\n`).update(text);
  }
  return digest.digest('hex');
}

/** Pages of 64 KiB, from `layout.ts`: the memory has its full size at once, so that it never moves. */
const MEMORY_PAGES = 1897;
/** Where `layout.ts` begins; the compiler's own data must end before. */
const FIRST_BYTE = 4096;

async function build(): Promise<void> {
  // Here, for who asks for the digest alone: the compiler takes 2.5 s to load (measured).
  const { default: asc } = await import('assemblyscript/asc');
  const files = new Map<string, Uint8Array>();
  const options = ['-O3', '--converge', '--noAssert', '--runtime', 'stub', '--enable', 'simd'];
  const memory = ['--initialMemory', `${MEMORY_PAGES}`, '--maximumMemory', `${MEMORY_PAGES}`];
  // Values of 128 bits travel between the modules of the kernel only, which the compiler cannot know.
  const warnings = ['--disableWarning', '112'];
  const { error, stderr } = await asc.main(
    [`${sources}/kernel.ts`, '--baseDir', root, '-o', 'kernel.wasm', ...options, ...memory, ...warnings],
    {
      writeFile: (name: string, contents: string | Uint8Array) => void files.set(name, Buffer.from(contents)),
    },
  );
  if (error !== null) throw new Error(`the kernel does not compile\n${stderr.toString()}`);
  const code = files.get('kernel.wasm')!;
  check(code);
  mkdirSync(new URL('.', pathToFileURL(target)), { recursive: true });
  writeFileSync(target, Buffer.concat([code, customSection(SECTION, sourcesDigest())]));
}

function check(code: Uint8Array): void {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(code));
  const pages = (exports.MEMORY_PAGES as WebAssembly.Global).value;
  if (pages !== MEMORY_PAGES)
    throw new Error(`layout.ts takes ${pages} pages, build/kernel.ts gives ${MEMORY_PAGES}`);
  const memory = new Uint8Array((exports.memory as WebAssembly.Memory).buffer);
  const stray = memory.findIndex((byte, at) => at >= FIRST_BYTE && byte !== 0);
  if (stray >= 0) throw new Error(`the compiler's data reaches into the layout at ${stray}`);
}

/** https://webassembly.github.io/spec/core/binary/modules.html#custom-section */
function customSection(name: string, content: string): Buffer {
  const body = Buffer.concat([Buffer.from([name.length]), Buffer.from(name), Buffer.from(content)]);
  if (body.length > 127) throw new Error('a length of one byte is all that is written here');
  return Buffer.concat([Buffer.from([0, body.length]), body]);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build();
