/** Inclusion and consistency proofs against the vectors of transparency-dev/merkle; where an answer differs, it is said why. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import {
  type ProofFault,
  verifyConsistency,
  verifyInclusion,
  verifySubtreeConsistency,
  verifySubtreeInclusion,
} from '../../src/transparency/verify-proof.ts';
import { sharedData } from '../support/shared-data.ts';

const folder = sharedData('hashchain-merkle/testdata');
const absent = { skip: folder === undefined && 'sample data absent' };

/** Answers that differ from theirs by policy, and why. */
const POLICY: Readonly<Record<string, string>> = {
  'subtreeconsistency/additional/subtree-is-empty-sizes-are-equal-zero-subtree-root-valid-tree-root-random-proof-is-empty.json':
    'they accept an empty subtree of an empty tree under any root; leaves that are none prove nothing here',
};

type Vector = Record<string, string> & { proof: string[] | null; wantErr: boolean };

/** Sizes reach 2^64 - 1: they stay digits. */
function readVector(file: string): Vector {
  const text = readFileSync(file, 'utf8').replace(
    /"(leafIdx|treeSize|size[12]?|start|end)":\s*(\d+)/g,
    '"$1":"$2"',
  );
  return JSON.parse(text) as Vector;
}

const bytes = (text: string | null | undefined) => Buffer.from(text ?? '', 'base64');
const number = (text: string | undefined) => BigInt(text ?? 0);

const judge: Record<string, (vector: Vector, proof: Buffer[]) => ProofFault> = {
  inclusion: (v, proof) =>
    verifyInclusion(number(v.leafIdx), number(v.treeSize), bytes(v.leafHash), bytes(v.root), proof),
  subtreeinclusion: (v, proof) =>
    verifySubtreeInclusion(
      number(v.leafIdx),
      number(v.start),
      number(v.end),
      bytes(v.leafHash),
      bytes(v.root),
      proof,
    ),
  consistency: (v, proof) =>
    verifyConsistency(number(v.size1), number(v.size2), bytes(v.root1), bytes(v.root2), proof),
  subtreeconsistency: (v, proof) =>
    verifySubtreeConsistency(
      number(v.start),
      number(v.end),
      number(v.size),
      bytes(v.root1),
      bytes(v.root2),
      proof,
    ),
};

/** How many of the stored vectors are to be accepted, of how many: of the 518 of the project 167 lie in the sample data. */
const STORED: Readonly<Record<string, [accepted: number, all: number]>> = {
  inclusion: [1, 33],
  subtreeinclusion: [3, 56],
  consistency: [1, 35],
  subtreeconsistency: [2, 43],
};

describe('the vectors of transparency-dev/merkle', absent, () => {
  for (const kind of Object.keys(judge)) {
    test(`of ${kind} are judged as they say`, () => {
      const names = readdirSync(join(folder!, kind), { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.endsWith('.json'),
      );
      const wrong: string[] = [];
      const accepted = names.filter((name) => {
        const vector = readVector(join(folder!, kind, name));
        const fault = judge[kind]!(vector, (vector.proof ?? []).map(bytes));
        const place = `${kind}/${name}`;
        if ((fault !== undefined) !== (vector.wantErr || POLICY[place] !== undefined))
          wrong.push(`${place}: ${vector.desc}: ${fault ?? 'accepted'}`);
        return fault === undefined;
      });
      assert.deepEqual(wrong, []);
      assert.deepEqual([accepted.length, names.length], STORED[kind]);
    });
  }
});
