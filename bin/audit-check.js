#!/usr/bin/env node
const [, , first, ...others] = process.argv;
if (first === '--version' && others.length === 0) {
  await import('../dist/version.js');
} else {
  await import('./flags.js');
  const { default: program } = await import('../dist/main.js');
  await program.main(process.argv);
}
