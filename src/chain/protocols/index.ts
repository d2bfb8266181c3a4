/** The protocols by the word that names them in a profile. */
import type { ChainProtocol } from '../protocol.ts';
import { acra } from './acra.ts';
import { pangea } from './pangea.ts';
import { plc } from './plc.ts';
import { rksv } from './rksv.ts';
import { safTPt } from './saf-t-pt.ts';
import { webvh } from './webvh.ts';

export const PROTOCOLS: Readonly<Record<string, ChainProtocol>> = Object.fromEntries(
  [acra, pangea, plc, rksv, safTPt, webvh].map((protocol) => [protocol.name, protocol]),
);
