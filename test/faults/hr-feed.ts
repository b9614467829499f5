import { eventually } from '../eventually';
import type { NewEvent, Tenure } from '../stack/tenure';

/** Somebody who joins. */
export interface Joiner {
  personId: string;
  givenName: string;
  familyName: string;
  department: 'Sales' | 'IT';
  title: string;
  personalMail: string;
  manager?: string;
  [attribute: string]: string | undefined;
}

/** People of one department or the other; the first of them manages the others. */
export function joiners(prefix: string, count: number): Joiner[] {
  const personId = (index: number) => `${prefix}-${index + 1}`;
  return Array.from({ length: count }, (_, index) => ({
    personId: personId(index),
    givenName: 'Robin',
    familyName: `${prefix} ${index + 1}`,
    department: index % 3 === 0 ? 'Sales' : 'IT',
    title: 'Clerk',
    personalMail: `${personId(index)}@home.example`,
    ...(index > 0 && { manager: personId(0) }),
  }));
}

/** An HR system: whatever goes wrong on the way, it sends an event again under the same id until it is taken. */
export class HrFeed {
  /** Event ids of Tenure by those of HR: everything that was answered with 2xx. */
  readonly accepted = new Map<string, string>();
  /** How many requests were not answered with 2xx. */
  failures = 0;
  private sent = 0;

  constructor(
    private readonly tenure: Tenure,
    private readonly source: string,
  ) {}

  /** Sends one event until it is accepted; gives the id by which to follow it. */
  async send(event: NewEvent): Promise<string> {
    this.sent += 1;
    const eventId = `${this.source}-${this.sent}`;
    const body = { source: this.source, eventId, ...event };
    await eventually(async () => this.offer(eventId, body), { withinMs: 60_000, what: `${eventId} is accepted` });
    return this.accepted.get(eventId) ?? '';
  }

  /** Sends joiners, so many at a time. */
  async sendJoiners(people: Joiner[], atOnce: number): Promise<void> {
    const waiting = [...people];
    const sender = async (): Promise<void> => {
      for (let person = waiting.shift(); person; person = waiting.shift()) await this.send({ type: 'joiner', person });
    };
    await Promise.all(Array.from({ length: atOnce }, sender));
  }

  private async offer(eventId: string, body: NewEvent): Promise<boolean> {
    try {
      const answer = await this.tenure.request('POST', '/api/v1/events', body);
      if (answer.ok) {
        const { event } = (await answer.json()) as { event: { id: string } };
        this.accepted.set(eventId, event.id);
        return true;
      }
      if (answer.status < 500) throw new Refused(`${eventId}: ${answer.status} ${await answer.text()}`);
    } catch (error) {
      if (error instanceof Refused) throw error;
    }
    this.failures += 1;
    return false;
  }
}

/** The service says that the event is wrong: no use in sending it again. */
class Refused extends Error {}
