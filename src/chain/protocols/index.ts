/** The protocols by the word that names them in a profile. */
import type { ChainProtocol } from '../protocol.ts';
import { plc } from './plc.ts';
import { webvh } from './webvh.ts';

export const PROTOCOLS: Readonly<Record<string, ChainProtocol>> = Object.fromEntries(
  [plc, webvh].map((protocol) => [protocol.name, protocol]),
);
