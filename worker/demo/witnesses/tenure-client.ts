/** One event for `POST /api/v1/events`. */
export interface HrEvent {
  type: string;
  source: string;
  eventId: string;
  effectiveAt?: string;
  urgent?: boolean;
  person: Record<string, string | null>;
}

/** What became of one event of an array. */
export interface EventResult {
  status: number;
  event?: { id: string };
  person?: { id: string; personId: string };
  problem?: { detail: string };
}

/** A row of the provisioning report, as far as the demo reads it. */
export interface ReportRow {
  endUser: { personId: string; displayName?: string };
  application: string;
  operation: string;
  target: string;
  outcome: string;
  reason: string | null;
  attempts: number;
  plannedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  source: string;
}

/** How far an event is. */
export interface FollowedEvent {
  event: { state: string; reason: string | null };
  operations: ReportRow[];
}

/** Talks to Tenure's API as HR's system or an administrator does. */
export class TenureClient {
  constructor(
    readonly url: string,
    private readonly token: string,
  ) {}

  /** Sends events and returns a result for each. */
  async send(events: HrEvent[]): Promise<EventResult[]> {
    const { items } = await this.ask<{ items: EventResult[] }>('/api/v1/events', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    return items;
  }

  follow(eventId: string): Promise<FollowedEvent> {
    return this.ask(`/api/v1/events/${eventId}`);
  }

  /** The rows of the report that fit, oldest first. */
  async report(filter: Record<string, string> = {}): Promise<ReportRow[]> {
    const rows: ReportRow[] = [];
    let cursor: string | null | undefined;
    do {
      const query = new URLSearchParams({ ...filter, limit: '500', ...(cursor && { cursor }) });
      const page = await this.ask<{ items: ReportRow[]; nextCursor: string | null }>(
        `/api/v1/reports/provisioning?${query}`,
      );
      rows.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor);
    return rows.reverse();
  }

  private async ask<T>(path: string, init: RequestInit = {}): Promise<T> {
    const headers = { ...init.headers, authorization: `Bearer ${this.token}` };
    const answer = await fetch(`${this.url}${path}`, { ...init, headers });
    if (!answer.ok) throw new Error(`${init.method ?? 'GET'} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}
