/** One line on stderr that tells a person how far a long run is. Only on a terminal, only after a second. */

import { escapeControls, formatNumber, truncate } from '../base/text-safety.ts';
import type { OnProgress } from '../engine/scan.ts';

const FIRST_AFTER_MS = 1000;
const EVERY_MS = 200;
const BAR_WIDTH = 24;

export class Progress {
  private readonly stream: NodeJS.WriteStream;
  private readonly totalBytes: number;
  private readonly startedAt = Date.now();
  private drawnAt = 0;
  private finishedBytes = 0;
  private currentFile = '';
  private currentBytes = 0;
  private finishedRecords = 0;
  private currentRecords = 0;

  constructor(stream: NodeJS.WriteStream, totalBytes: number) {
    this.stream = stream;
    this.totalBytes = totalBytes;
  }

  readonly update: OnProgress = ({ storedBytes, records, file }) => {
    if (file !== this.currentFile) {
      this.finishedBytes += this.currentBytes;
      this.finishedRecords += this.currentRecords;
      this.currentFile = file;
    }
    this.currentBytes = storedBytes;
    this.currentRecords = records;
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
    const bytes = this.finishedBytes + this.currentBytes;
    const records = this.finishedRecords + this.currentRecords;
    const seconds = (now - this.startedAt) / 1000;
    const share = this.totalBytes > 0 ? Math.min(1, bytes / this.totalBytes) : 0;
    const filled = Math.round(share * BAR_WIDTH);
    const bar = `${'█'.repeat(filled)}${'░'.repeat(BAR_WIDTH - filled)}`;
    const left = share > 0.01 ? `${Math.ceil(seconds / share - seconds)}s left` : '';
    const rate = `${formatNumber(Math.round(records / seconds))} records/s`;
    const text = `${bar} ${Math.floor(share * 100)}%  ${rate}  ${left}  ${escapeControls(this.currentFile)}`;
    return truncate(text, Math.max(20, (this.stream.columns ?? 80) - 1));
  }
}
