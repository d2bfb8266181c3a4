/** The requests of one subject, for a role that covers them: each action on each resource once. */
import { compareText } from '../base/text-safety.ts';
import type { LoggedAccess } from './logged-access.ts';

/** Beyond it the resources of an action are no longer told apart. */
const MAX_REQUESTS = 50_000;

export type UsedRequest = { action: string; resource: string | undefined };

export class UsedRequests {
  private readonly subject: string;
  private readonly withDenied: boolean;
  private readonly requests = new Map<string, UsedRequest>();

  /** `withDenied`: what was refused is wanted as well. */
  constructor(subject: string, withDenied: boolean) {
    this.subject = subject;
    this.withDenied = withDenied;
  }

  add({ requests }: LoggedAccess): void {
    for (const { subject, action, resource, recorded } of requests) {
      if (subject !== this.subject || (recorded === 'denied' && !this.withDenied)) continue;
      const isFull = this.requests.size >= MAX_REQUESTS;
      const request = { action, resource: isFull ? undefined : resource };
      const key = JSON.stringify([action, request.resource ?? null]);
      if (this.requests.size < 2 * MAX_REQUESTS) this.requests.set(key, request);
    }
  }

  sorted(): UsedRequest[] {
    return [...this.requests.values()].sort(
      (left, right) =>
        compareText(left.action, right.action) || compareText(left.resource ?? '', right.resource ?? ''),
    );
  }
}
