import v8 from 'node:v8';

// Mebibytes. By default V8 fills 48 before it cleans them once; a run of ten million events then takes 30 more (measured).
v8.setFlagsFromString('--max-semi-space-size=2');
// The V8 of Node 20 optimizes what runs for a moment only, such as the reading of rules: with 3,000 of them that is a sixth of
// the processor time of a run (measured; with few rules nothing changes). Later ones weigh it otherwise.
if (process.version.startsWith('v20.')) v8.setFlagsFromString('--interrupt-budget=400000');
