/** The files that a SARIF log speaks of, each once, with URIs that hold for hostile file names (RFC 3986). */
import type { Artifact, ArtifactLocation, PhysicalLocation, Region } from 'sarif';
import type { Place } from '../../model/place.ts';
import type { InputSummary } from '../../model/report.ts';
import { STDIN } from '../parts/file-uri.ts';

export type ArtifactList = {
  artifacts: Artifact[];
  /** The file's location, listed as an artifact when it was not: a rule file, a contract. */
  locate(file: string): ArtifactLocation;
  toPhysicalLocation(place: Place): PhysicalLocation;
};

/** `isLean`: only files that something refers to, by `toUri`. */
export function createArtifactList(
  inputs: readonly InputSummary[],
  { toUri, isLean }: { toUri: (file: string) => string; isLean: boolean },
): ArtifactList {
  const artifacts: Artifact[] = [];
  const indexes = new Map<string, number>();
  const compressed = new Set<string>();
  const known = new Map<string, InputSummary>();

  function add(file: string, details: Omit<Artifact, 'location'>): ArtifactLocation {
    const location = { uri: toUri(file), index: artifacts.length };
    indexes.set(file, location.index);
    artifacts.push({ location, ...details });
    return location;
  }

  function locate(file: string): ArtifactLocation {
    const index = indexes.get(file);
    if (index !== undefined) return { uri: artifacts[index]!.location!.uri!, index };
    const input = known.get(file);
    return add(file, input === undefined ? {} : describeInput(input));
  }

  for (const input of inputs) {
    if (known.has(input.file)) continue;
    known.set(input.file, input);
    if (input.compression !== 'none') compressed.add(input.file);
    if (!isLean) add(input.file, describeInput(input));
  }
  return {
    artifacts,
    locate,
    toPhysicalLocation(place) {
      const bytes = { byteOffset: place.offset, byteLength: place.length };
      // §3.30.11 counts bytes of the artifact as stored; ours count the decoded stream.
      if (compressed.has(place.file)) {
        return {
          artifactLocation: locate(place.file),
          region: toLines(place),
          properties: { decoded: bytes },
        };
      }
      return { artifactLocation: locate(place.file), region: { ...toLines(place), ...bytes } };
    },
  };
}

/**
 * The whole line on which the record begins. An absent endColumn is the end of the line (§3.30.8): a place knows bytes,
 * and a column made of bytes would be wrong on the first letter beyond ASCII.
 */
function toLines({ line }: Place): Region {
  const startLine = Math.max(1, line);
  return { startLine, startColumn: 1, endLine: startLine };
}

function describeInput(input: InputSummary): Omit<Artifact, 'location'> {
  const { file, bytes, decodedBytes, sha256, compression, source, seals, records, status } = input;
  return {
    length: bytes,
    roles: file === STDIN ? ['analysisTarget', 'standardStream'] : ['analysisTarget'],
    ...(sha256 !== null && { hashes: { 'sha-256': sha256 } }),
    properties: {
      status,
      source,
      ...(seals !== undefined && { seals }),
      compression,
      decodedBytes,
      records: { ...records },
    },
  };
}
