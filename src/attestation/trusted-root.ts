/** A trusted root of Sigstore (`trusted_root.json`, sigstore/protobuf-specs), read strictly: it is what all trust hangs on. */
import crypto from 'node:crypto';
import type { toTrustMaterial } from '@sigstore/verify';
import { parseTimestamp, wholeMs } from '../base/instant.ts';
import {
  hasDuplicateKeys,
  JsonArray,
  JsonObject,
  type JsonValue,
  parseJson,
  toScalarText,
} from '../base/json.ts';
import { formatNumber, quote } from '../base/text-safety.ts';
import { type Problem, ProblemsError } from '../model/problem.ts';
import { isBase64 } from './base64-form.ts';
import { requireDer } from './der-form.ts';

type LibraryRoot = Parameters<typeof toTrustMaterial>[0];

/** The public-good root of 2026 has 7 kB. */
const MAX_ROOT_BYTES = 4 * 1024 * 1024;
const MEDIA_TYPE = /^application\/vnd\.dev\.sigstore\.trustedroot(?:\+json;version=0\.1|\.v0\.\d+\+json)$/;

/** For the library every key is handed on as SubjectPublicKeyInfo, which this value of its enum stands for. */
const PKIX_KEY = 5;

export type Period = { start: Date; end?: Date };

export type TrustedLog = { url: string; ids: Buffer[]; validFor: Period };

export type TrustedRoot = {
  logs: TrustedLog[];
  /** By their place in the library's list; certificates as DER, the timestamping one first. */
  timestampAuthorities: { uri: string; certificates: Buffer[] }[];
  certificateLogs: number;
  forLibrary: LibraryRoot;
};

/**
 * @param file names the root in messages
 * @throws {ProblemsError} with everything that is wrong in it
 */
export function parseTrustedRoot(bytes: Uint8Array, file: string): TrustedRoot {
  const reader = new RootReader(bytes, file);
  const root = reader.read();
  if (reader.problems.length > 0 || root === undefined) throw new ProblemsError(reader.problems);
  return root;
}

class RootReader {
  readonly problems: Problem[] = [];
  private readonly bytes: Uint8Array;
  private readonly file: string;

  constructor(bytes: Uint8Array, file: string) {
    this.bytes = bytes;
    this.file = file;
  }

  read(): TrustedRoot | undefined {
    const root = this.parse();
    if (root === undefined) return undefined;
    const mediaType = toScalarText(root.get('mediaType'));
    if (mediaType === undefined || !MEDIA_TYPE.test(mediaType))
      return this.wrong(
        `mediaType is ${mediaType === undefined ? 'missing' : quote(mediaType)}, expected "application/vnd.dev.sigstore.trustedroot+json;version=0.1"; give the trusted_root.json of your Sigstore instance`,
      );
    const logs = this.list(root, 'tlogs').map(([log, path]) => this.log(log, path));
    const certificateLogs = this.list(root, 'ctlogs').map(([log, path]) => this.log(log, path));
    const authorities = this.list(root, 'certificateAuthorities').map(([each, path]) =>
      this.authority(each, path),
    );
    const timestampers = this.list(root, 'timestampAuthorities').map(([each, path]) =>
      this.authority(each, path),
    );
    if (logs.length + timestampers.length === 0)
      this.wrong('there is neither a log ("tlogs") nor a timestamp authority: no time could ever be proved');
    if (this.problems.length > 0) return undefined;
    const forLibrary = {
      mediaType,
      tlogs: logs.map((log) => log!.forLibrary),
      ctlogs: certificateLogs.map((log) => log!.forLibrary),
      certificateAuthorities: authorities.map((each) => each!.forLibrary),
      timestampAuthorities: timestampers.map((each) => each!.forLibrary),
    } as unknown as LibraryRoot;
    return {
      logs: logs.map((log) => log!.trusted),
      timestampAuthorities: timestampers.map((each) => each!.trusted),
      certificateLogs: certificateLogs.length,
      forLibrary,
    };
  }

  private parse(): JsonObject | undefined {
    if (this.bytes.length > MAX_ROOT_BYTES)
      return this.wrong(
        `has ${formatNumber(this.bytes.length)} bytes, at most ${formatNumber(MAX_ROOT_BYTES)} are read; is this a trusted_root.json?`,
      );
    let value: JsonValue;
    try {
      value = parseJson(this.bytes);
    } catch (error) {
      return this.wrong(`is no JSON: ${(error as Error).message}`);
    }
    if (!(value instanceof JsonObject)) return this.wrong('expected a JSON object, a trusted_root.json');
    if (hasDuplicateKeys(value))
      return this.wrong('a key stands twice in one object: two readers would trust different things');
    return value;
  }

  private log(log: JsonObject, path: string) {
    const key = this.object(log, path, 'publicKey');
    const url = this.text(log, path, 'baseUrl');
    const validFor = key && this.period(key, `${path}.publicKey`, true);
    const raw = key && this.base64(key, `${path}.publicKey`, 'rawBytes');
    const spki = raw && this.publicKey(raw, `${path}.publicKey.rawBytes`);
    const id = this.keyId(log, path, 'logId');
    const checkpointId = this.keyId(log, path, 'checkpointKeyId');
    const ids = [checkpointId, id].filter((each) => each !== undefined);
    if (ids.length === 0) this.wrong(`${path}.logId.keyId is missing`);
    if (url === undefined || validFor === undefined || spki === undefined || ids.length === 0)
      return undefined;
    return {
      trusted: { url, ids, validFor } satisfies TrustedLog,
      forLibrary: {
        baseUrl: url,
        hashAlgorithm: 1,
        publicKey: { rawBytes: spki, keyDetails: PKIX_KEY, validFor },
        logId: { keyId: ids.at(-1) },
        checkpointKeyId: checkpointId && { keyId: checkpointId },
      },
    };
  }

  private authority(authority: JsonObject, path: string) {
    const validFor = this.period(authority, path, true);
    const chain = this.object(authority, path, 'certChain');
    const certificates = (chain ? this.list(chain, 'certificates', `${path}.certChain`) : []).map(
      ([each, at]) => {
        const rawBytes = this.base64(each, at, 'rawBytes');
        if (rawBytes !== undefined) this.certificate(rawBytes, `${at}.rawBytes`);
        return { rawBytes };
      },
    );
    if (chain !== undefined && certificates.length === 0)
      this.wrong(`${path}.certChain holds no certificate`, authority);
    if (validFor === undefined || certificates.length === 0) return undefined;
    const uri = toScalarText(authority.get('uri')) ?? '';
    const ders = certificates.flatMap(({ rawBytes }) => rawBytes ?? []);
    return {
      trusted: { uri, certificates: ders },
      forLibrary: { uri, certChain: { certificates }, validFor },
    };
  }

  private certificate(der: Buffer, path: string): void {
    try {
      requireDer(der, 'the certificate');
      new crypto.X509Certificate(der);
    } catch (error) {
      this.wrong(`${path} is no certificate: ${(error as Error).message}`);
    }
  }

  /** Some logs publish PKCS#1, the rest SubjectPublicKeyInfo. */
  private publicKey(der: Buffer, path: string): Buffer | undefined {
    for (const type of ['spki', 'pkcs1'] as const) {
      try {
        const key = crypto.createPublicKey({ key: der, format: 'der', type });
        return key.export({ format: 'der', type: 'spki' });
      } catch {
        // The other form is tried next.
      }
    }
    return this.wrong(`${path} is no public key, neither SubjectPublicKeyInfo nor PKCS#1`);
  }

  private keyId(log: JsonObject, path: string, key: string): Buffer | undefined {
    const id = log.get(key);
    return id instanceof JsonObject ? this.base64(id, `${path}.${key}`, 'keyId') : undefined;
  }

  /** A missing start would let a key vouch for any past, so it is demanded, as the specification has it. */
  private period(owner: JsonObject, path: string, needed: boolean): Period | undefined {
    const period = this.object(owner, path, 'validFor', needed);
    if (period === undefined) return undefined;
    const start = this.time(period, `${path}.validFor`, 'start', owner);
    const end =
      period.get('end') === undefined ? undefined : this.time(period, `${path}.validFor`, 'end', owner);
    return start && { start, ...(end && { end }) };
  }

  private time(period: JsonObject, path: string, key: string, owner: JsonObject): Date | undefined {
    const text = toScalarText(period.get(key));
    if (text === undefined)
      return this.wrong(`${path}.${key} is missing: a key without it would be trusted for all times`, owner);
    const parsed = parseTimestamp(text);
    if (parsed.problem !== undefined)
      return this.wrong(`${path}.${key} is ${quote(text)}, expected an RFC 3339 time`, owner);
    return new Date(wholeMs(parsed.instant));
  }

  private base64(owner: JsonObject, path: string, key: string): Buffer | undefined {
    const text = toScalarText(owner.get(key));
    if (text === undefined || text === '') return this.wrong(`${path}.${key} is missing`, owner);
    if (!isBase64(text)) return this.wrong(`${path}.${key} is ${quote(text)}, expected base64`, owner);
    return Buffer.from(text, 'base64');
  }

  private text(owner: JsonObject, path: string, key: string): string | undefined {
    const text = toScalarText(owner.get(key));
    return text === undefined || text === '' ? this.wrong(`${path}.${key} is missing`, owner) : text;
  }

  private object(owner: JsonObject, path: string, key: string, needed = true): JsonObject | undefined {
    const value = owner.get(key);
    if (value instanceof JsonObject) return value;
    return needed ? this.wrong(`${path}.${key} is missing, expected an object`, owner) : undefined;
  }

  private list(owner: JsonObject, key: string, path = ''): [JsonObject, string][] {
    const value = owner.get(key);
    const at = path === '' ? key : `${path}.${key}`;
    if (value === undefined || value === null) return [];
    if (!(value instanceof JsonArray)) {
      this.wrong(`${at} should be a list`, owner);
      return [];
    }
    return value.elements.flatMap((each, index): [JsonObject, string][] => {
      if (each instanceof JsonObject) return [[each, `${at}[${index}]`]];
      this.wrong(`${at}[${index}] should be an object`, owner);
      return [];
    });
  }

  private wrong(message: string, near?: JsonObject): undefined {
    const offset = near?.members[0]?.keyStart;
    this.problems.push({ file: this.file, ...this.place(offset), message });
    return undefined;
  }

  private place(offset: number | undefined): { line: number; column: number } {
    if (offset === undefined) return { line: 0, column: 0 };
    const before = Buffer.from(this.bytes.subarray(0, offset)).toString();
    const lineStart = before.lastIndexOf('\n') + 1;
    return { line: before.split('\n').length, column: before.length - lineStart + 1 };
  }
}
