/**
 * Imported for its effect: kernels of this process have shared memory. V8 counts the 100 MB of every other kernel as garbage
 * to come and marks the whole heap for it: 12 of 20 s of the fixtures, 26 of 45 of the engine (measured). One bit of the module
 * says so, its code is what ships; threads, other processes and the tests of the kernel have the file as it is. Tests only.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { ScanKernel } from '../../src/base/scan-kernel.ts';
import { KERNEL_FILE, loadKernel, useKernelModule } from '../../src/read/kernel/load-kernel.ts';

/** https://webassembly.github.io/spec/core/binary/modules.html#memory-section */
const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

const shared = new WebAssembly.Module(withSharedMemory(readFileSync(KERNEL_FILE)));
useKernelModule(shared);

/** The kernel as it ships. */
export function shippedKernel(): ScanKernel | undefined {
  useKernelModule(undefined);
  try {
    return loadKernel();
  } finally {
    useKernelModule(shared);
  }
}

function withSharedMemory(module: Buffer): Buffer {
  let at = HEADER_BYTES;
  const readNumber = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = module[at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  };
  for (;;) {
    const section = module[at++];
    const length = readNumber();
    if (section !== MEMORY_SECTION) {
      assert.ok(section !== undefined, 'the kernel has no memory of its own');
      at += length;
      continue;
    }
    // One memory, with a least and a greatest size; and 2: shared.
    assert.deepEqual([...module.subarray(at, at + 2)], [1, 1]);
    module[at + 1] = 3;
    return module;
  }
}
