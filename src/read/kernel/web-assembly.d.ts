/** The part of the WebAssembly API that the kernel is loaded with: Node has it, its types of this line do not name it. */
declare namespace WebAssembly {
  class Module {
    constructor(code: Uint8Array);
    static customSections(module: Module, name: string): ArrayBuffer[];
  }
  class Instance {
    constructor(module: Module);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  interface Global {
    readonly value: number;
  }
  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  class CompileError extends Error {}
}
