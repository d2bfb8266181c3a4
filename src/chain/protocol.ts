/** Protocols: chains whose rules no declarative pre-image can say; `protocol: NAME` in a profile names one. */
import type { Instant } from '../base/instant.ts';
import type { JsonObject } from '../base/json.ts';
import type { Place } from '../model/place.ts';
import type { ChainCode } from './break-kinds.ts';
import type { SignatureAlgorithm } from './profile.ts';

/** A profile that names a protocol: everything else about the chain is code. */
export type ProtocolProfile = {
  name: string;
  title: string;
  protocol: string;
  /** Reference names of the keys that the protocol takes from the user, in its order. */
  keys: readonly string[];
};

export type ProtocolRecord = {
  source: string;
  place: Place;
  fileIndex: number;
  json: JsonObject;
};

export type ProtocolBreak = {
  code: ChainCode;
  /** The record it is about: its position among those that were given. */
  record: number;
  /** What was expected and what was found. */
  message: string;
  related?: readonly number[];
  /** What tells it from others at the same record across runs; its message without it. */
  identity?: string;
};

/** One stream of a protocol: what belongs together, in the order of the log. */
export type ProtocolStreamVerdict = {
  stream: string;
  /** Positions of its records among those that were given. */
  records: readonly number[];
  breaks: readonly ProtocolBreak[];
  /** What an anchor would have to sign. */
  head?: string;
  /** What this chain cannot show here, in words. */
  limits: readonly string[];
  /** Why records could not be verified, by their positions. */
  unverified?: ReadonlyMap<number, string>;
  /** Why nothing vouches for records that look like those of the protocol, by their positions. */
  unproven?: ReadonlyMap<number, string>;
};

export type ProtocolContext = {
  profile: ProtocolProfile;
  /** Key bytes by reference name. */
  keys: Readonly<Record<string, Uint8Array>>;
  /** When the audit takes place, where somebody said so. */
  now: Instant | undefined;
};

export type ChainProtocol = {
  /** The word in a profile. */
  name: string;
  /** What the keys of its profile verify; where it is not given they are symmetric, or there are none. */
  signature?: SignatureAlgorithm;
  /** Fields of which every record has one: asked of each record of a log, so there are few. */
  signs: readonly string[];
  /** Whether a record with such a field is one of the protocol. */
  holds(record: JsonObject): boolean;
  /** `records` in the order of the log. */
  judge(records: readonly ProtocolRecord[], context: ProtocolContext): ProtocolStreamVerdict[];
};
