/** What the kernel offers to its loader, `read/kernel/load-kernel.ts`. Compiled by AssemblyScript, not by the TypeScript of the house. */
export { countNewlines } from './bytes';
export { checksum } from './checksum';
export { plainInstant } from './instant';
export { intern, internScratch } from './intern';
export * from './layout';
export { scan, scanLine } from './scan';
export { copyWithout, equalsText, hash, keepText } from './spans';
export { childFor, endSlot, newTrie, rootOf, slotsOf } from './trie';
