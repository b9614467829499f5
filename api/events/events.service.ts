import { Injectable } from '@nestjs/common';
import type { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import {
  type Acceptance,
  EventAcceptanceRepository,
  type NewEvent,
} from '../../persistence/event-acceptance.repository.js';
import { type FollowedEvent, LifecycleEventRepository } from '../../persistence/lifecycle-event.repository.js';
import { Metrics } from '../metrics/metrics.js';
import { ProblemException } from '../problems/problem.exception.js';
import { type Problem, problem } from '../problems/problem.js';
import { MOST_EVENTS } from './event-body.js';
import { acceptedView, type EventResult } from './event-views.js';
import { HandOver } from './hand-over.js';
import { readEvent } from './read-event.js';

/** Accepts events, and tells how far they are. */
@Injectable()
export class EventsService {
  constructor(
    private readonly acceptance: EventAcceptanceRepository,
    private readonly events: LifecycleEventRepository,
    private readonly handOver: HandOver,
    private readonly metrics: Metrics,
  ) {}

  /** Accepts the good ones of many events in one transaction, and says of each what became of it. */
  async acceptAll(bodies: unknown[], actor: string): Promise<EventResult[]> {
    if (bodies.length === 0) throw new ProblemException(400, 'invalid-request', 'The list of events is empty.');
    if (bodies.length > MOST_EVENTS) {
      const detail = `A request may hold ${MOST_EVENTS} events; this one holds ${bodies.length}. Send several requests.`;
      throw new ProblemException(413, 'too-large', detail);
    }
    const now = new Date();
    return await this.accept(
      bodies.map((body, index) => readEvent(body, [index], now)),
      actor,
    );
  }

  /** Accepts one event. Throws a problem when it is not valid, or when another one has its source and eventId. */
  async acceptOne(body: unknown, actor: string): Promise<EventResult> {
    const [result] = await this.accept([readEvent(body, [], new Date())], actor);
    if (!result) throw new Error('One event has one result.');
    if (result.problem) {
      const { status, detail, errors } = result.problem;
      throw new ProblemException(status, status === 409 ? 'event-conflict' : 'invalid-request', detail, errors);
    }
    return result;
  }

  /** How far an event is. */
  async follow(id: string): Promise<FollowedEvent> {
    const followed = await this.events.follow(id);
    if (!followed) throw unknownEvent(id);
    return followed;
  }

  /** Takes back an event that is still to come. */
  async rescind(id: string, actor: string): Promise<LifecycleEventEntity> {
    const rescission = await this.events.rescind(id, `Rescinded by ${actor}.`);
    switch (rescission.outcome) {
      case 'unknown':
        throw unknownEvent(id);
      case 'due':
        throw new ProblemException(409, 'conflict', 'The event is due already. Send another event that puts it right.');
      case 'closed':
        throw new ProblemException(
          409,
          'conflict',
          `The event cannot be rescinded any more: it is ${rescission.event.state}.`,
        );
      case 'rescinded':
        return rescission.event;
    }
  }

  private async accept(read: (NewEvent | Problem)[], actor: string): Promise<EventResult[]> {
    const good = read.filter(isEvent);
    const acceptances = await this.acceptance.accept(good, actor);
    if (acceptances.some(({ outcome }) => outcome === 'accepted')) this.handOver.nudge();
    let next = 0;
    return read.map((item) => {
      if (!isEvent(item)) {
        this.metrics.events.inc({ type: 'unknown', outcome: 'invalid' });
        return { status: item.status, problem: item };
      }
      const acceptance = acceptances[next++];
      if (!acceptance) throw new Error('Every good event has an acceptance.');
      this.metrics.events.inc({ type: item.type, outcome: acceptance.outcome });
      return resultOf(acceptance);
    });
  }
}

function isEvent(item: NewEvent | Problem): item is NewEvent {
  return 'bodyHash' in item;
}

function resultOf({ outcome, event }: Acceptance): EventResult {
  if (outcome !== 'conflict') return { status: outcome === 'accepted' ? 202 : 200, ...acceptedView(event) };
  const detail =
    `The source ${JSON.stringify(event.source)} has already sent the event ${JSON.stringify(event.eventId)} with ` +
    `other content; it is ${event.id} here. Give what is new an eventId of its own.`;
  return { status: 409, problem: problem(409, 'event-conflict', detail) };
}

function unknownEvent(id: string): ProblemException {
  return new ProblemException(404, 'not-found', `There is no event ${id}.`);
}
