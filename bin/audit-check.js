#!/usr/bin/env node
import './flags.js';

const { default: program } = await import('../dist/main.js');
await program.main(process.argv);
