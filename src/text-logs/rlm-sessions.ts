/** Which sessions a report log has shown to be open, by the handle that the server gave them: check-ins do not say it all. */

/** What a check-in may lack: the small format names only the handle, the others only the version that was asked for. */
export type Holder = { feature: string; version: string; user: string; host: string };

/** Far more than any server serves; a log that opens more is forgotten from there on, and says less of its check-ins. */
const MAX_OPEN = 200_000;

export class RlmSessions {
  private readonly holders = new Map<string, string>();

  open(handle: string, holder: Holder): void {
    if (this.holders.size >= MAX_OPEN && !this.holders.has(handle)) return;
    // A copy: parts of a line would keep all the text that was read with it.
    const copy = Buffer.from(toText(handle, holder)).toString();
    const [key] = JSON.parse(copy) as [string];
    this.holders.set(key, copy);
  }

  /** Whether this very session is open: handles are used again, by whoever comes next. */
  has(handle: string, holder: Holder): boolean {
    return this.holders.get(handle) === toText(handle, holder);
  }

  /** Undefined for a session that the log has not shown. */
  close(handle: string): Holder | undefined {
    const copy = this.holders.get(handle);
    if (copy === undefined) return undefined;
    this.holders.delete(handle);
    const [, feature, version, user, host] = JSON.parse(copy) as [string, string, string, string, string];
    return { feature, version, user, host };
  }

  clear(): void {
    this.holders.clear();
  }
}

function toText(handle: string, { feature, version, user, host }: Holder): string {
  return JSON.stringify([handle, feature, version, user, host]);
}
