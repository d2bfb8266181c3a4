/** A control pack as data: the controls of a framework in our own words, each with what is looked at for it. */
import type { ControlStrength, PackSummary } from '../model/control.ts';
import type { Position } from './pack-check-kind.ts';

export type Pack = PackSummary & {
  /** The pack to ask for instead, where this one is superseded. */
  successor?: string;
  controls: PackControl[];
};

export type PackControl = {
  id: string;
  title: string;
  strength: ControlStrength;
  checks: PackCheck[];
  /** ISO 8601 dates, where they are others than the pack's. */
  effective?: string;
  superseded?: string;
  /** Where this control can be read, if not at the pack's own address. */
  url?: string;
  /** What logs leave open; for a control without checks, why they show nothing of it. */
  reason?: string;
  position: Position;
};

/** `kind` names a member of this folder, which knows what `params` are. */
export type PackCheck = { kind: string; params: unknown };
