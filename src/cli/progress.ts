/** One line on stderr that tells a person how far a long run is. Only on a terminal, only after a second. */

import { escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import type { OnProgress } from '../engine/file-scan.ts';

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 200;
const BAR_WIDTH = 24;

export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private readonly totalBytes: number;
  private readonly startedAt = Date.now();
  private drawnAt = 0;
  private bytes = 0;
  private records = 0;
  private file = '';

  constructor(stream: NodeJS.WriteStream, totalBytes: number) {
    this.stream = stream;
    this.totalBytes = totalBytes;
  }

  readonly update: OnProgress = ({ bytes, records, file }) => {
    this.bytes += bytes;
    this.records += records;
    this.file = file;
    const now = Date.now();
    if (now - this.startedAt < FIRST_AFTER_MS || now - this.drawnAt < EVERY_MS) return;
    this.drawnAt = now;
    this.stream.write(`\r\u001b[2K${this.line(now)}`);
  };

  clear(): void {
    if (this.drawnAt > 0) this.stream.write('\r\u001b[2K');
    this.drawnAt = 0;
  }

  private line(now: number): string {
    const { bytes, records, totalBytes } = this;
    const seconds = (now - this.startedAt) / 1000;
    const share = totalBytes > 0 ? Math.min(1, bytes / totalBytes) : 0;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
    const left = share > 0.01 ? `${Math.ceil(seconds / share - seconds)}s left` : '';
    const rate = `${formatNumber(Math.round(records / seconds))} events/s`;
    const size =
      totalBytes > 0 ? `${toMegabytes(bytes)} of ${toMegabytes(totalBytes)} MB` : `${toMegabytes(bytes)} MB`;
    const text = `${bar} ${Math.floor(share * 100)}%  ${size}  ${rate}  ${left}  ${escapeControls(this.file)}`;
    return truncate(text, Math.max(20, (this.stream.columns ?? 80) - 1));
  }
}

function toMegabytes(bytes: number): string {
  return formatNumber(Math.round(bytes / 1e6));
}
