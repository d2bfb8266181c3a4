/** What is concluded of one stream or of several: a break, or what keeps them from being verified; a finding in the making. */
import type { Severity } from '../model/finding.ts';
import type { Place } from '../model/place.ts';
import type { ChainCode } from './break-kinds.ts';

export type ChainConclusion = {
  code: ChainCode;
  place: Place;
  related: Place[];
  message: string;
  count: number;
  identity: string;
  stream: string;
  severity?: Severity;
};
