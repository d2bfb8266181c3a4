/** The tables of a bundle, which whoever checks it makes again from its report: bundles of earlier days must come out as they were. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderTables } from '../../src/evidence/tables.ts';
import { richReport } from '../report/sample-report.ts';

test('the columns of the exceptions are those of every bundle, and what further events say stands behind the message', () => {
  const [header, ...rows] = renderTables(richReport(), [])['exceptions.csv']!.split(/\r?\n/);
  assert.equal(
    header,
    'fingerprint,severity,verdict,rule,code,file,line,count,message,disposition,owner,justification,ticket,approved_by,expires,conclusion,concluded_by',
  );
  const told = rows.find((row) => row.includes('self-approval'));
  assert.match(told!, /"ann"", who had asked for it; also: others, among them: access ""staging-db"" .*"/);
});
