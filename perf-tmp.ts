const root = process.argv[2]!;
const sentence = process.argv[3]!;
const { parseContract } = await import(`${root}/src/licenses/parse-contract.ts`);
const { toSegments } = await import(`${root}/src/licenses/periods.ts`);
const { toLimits } = await import(`${root}/src/licenses/quantities.ts`);
const { SeatsMeasure } = await import(`${root}/src/licenses/seats-measure.ts`);
const yaml = `contract: {id: C, timezone: Europe/Berlin}
term: {from: 2025-01-01, until: 2027-01-01}
licenses: [{id: editor, covers: {feature: editor}, measure: "${sentence}", quantity: [{from: 2025-01-01, set: 5000}]}]`;
const { contract, problems } = parseContract('l.yaml', yaml);
if (problems.length) console.log(problems);
const license = contract.licenses[0];
const from = BigInt(Date.UTC(2025, 0, 1)) * 1000000n;
const N = 200_000;
const step = 31_536_000_000_000_000n / BigInt(N);
const until = from + step * BigInt(N);
const segments = toSegments({ over: license.measure.over, zone: contract.timezone, term: license.term, limits: toLimits(license) }, from, until);
let fold;
if (process.argv[4] === 'plain') fold = new SeatsMeasure(license, segments);
else {
  const { startMeasure } = await import(`${root}/src/licenses/start-measure.ts`);
  fold = startMeasure(contract, license, from, { from, until });
}
const place = { file: 'log', line: 1, offset: 0, length: 1 };
const what = license.measure.count.what;
const mk = (kind: string, i: number, t: bigint) => ({ kind, featureless: false, time: t, person: `u${i % 20000}`, host: `h${i % 500}`, seats: 10n ** 30n, amount: BigInt(i % 7) * 10n ** 30n, counted: `u${i % 20000}`, group: undefined, key: `["s${i}"]`, named: true, feature: 'editor', share: undefined, place, identity: 'x' });
const start = process.hrtime.bigint();
for (let i = 0; i < N; i++) {
  const t = from + step * BigInt(i);
  if (what === 'sum' || what === 'events' || what === 'level' || what === 'sampled') { fold.add(mk('use', i, t)); fold.add(mk('use', i + 3, t)); continue; }
  fold.add(mk('open', i, t));
  if (i >= 300) fold.add(mk('close', i - 300, t));
}
const uses = fold.finish(until);
console.log(root.slice(0,18), sentence, uses.length, Number((process.hrtime.bigint() - start) / 1000000n), 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB');
