import { Injectable } from '@nestjs/common';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import { type Priority, TypedSearchAttributes } from '@temporalio/common';
import { type EventRef, PERSON_SIGNALS, type PersonRunInput } from '../../contracts/person-run.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { CORE_QUEUE, PRIORITY } from '../../contracts/task-queues.js';
import { personWorkflowId } from '../../contracts/workflow-ids.js';
import type { EventType } from '../../domain/event/lifecycle-event.js';

/** A retry that somebody asked for. */
export interface RetryRequest {
  /** The person's UUID. */
  person: string;
  operationId: string;
  /** Type of the run that is started when the person has none. */
  type: EventType;
  source: string;
}

/** How a run that is over ended; any other state is that of an open one. */
const ENDED: ReadonlySet<string> = new Set(['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'TIMED_OUT']);

/**
 * Speaks to the runs of persons. Signal-with-start: a person's open run gets the signal, and when there is none, one is
 * started with it; an id of a closed run is used again.
 */
@Injectable()
export class PersonRuns {
  constructor(private readonly client: Client) {}

  /** Gives an event to its person's run. Doing it twice is harmless: a run takes an event once. */
  async sendEvent(person: string, event: EventRef, deadlineMs: number): Promise<void> {
    const cutsAccess = event.type === 'leaver' || event.urgent;
    await this.send(person, event, PERSON_SIGNALS.event, event, {
      deadlineMs,
      priority: { priorityKey: cutsAccess ? PRIORITY.cutAccess : PRIORITY.normal },
    });
  }

  /** Asks the person's run to try an operation again. */
  async sendRetry(request: RetryRequest, deadlineMs: number): Promise<void> {
    await this.send(request.person, request, PERSON_SIGNALS.retry, request.operationId, {
      deadlineMs,
      priority: { priorityKey: PRIORITY.normal },
    });
  }

  /** Whether the person has a run that is still at work or waits. */
  async isOpen(person: string, deadlineMs: number): Promise<boolean> {
    try {
      const handle = this.client.workflow.getHandle(personWorkflowId(person));
      const { status } = await this.client.withDeadline(Date.now() + deadlineMs, () => handle.describe());
      return !ENDED.has(status.name);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  private async send(
    person: string,
    { type, source }: { type: EventType; source: string },
    signal: string,
    message: EventRef | string,
    { deadlineMs, priority }: { deadlineMs: number; priority: Priority },
  ): Promise<void> {
    const input: PersonRunInput = { person };
    await this.client.withDeadline(Date.now() + deadlineMs, () =>
      this.client.workflow.signalWithStart(type, {
        workflowId: personWorkflowId(person),
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: CORE_QUEUE,
        args: [input],
        signal,
        signalArgs: [message],
        priority,
        typedSearchAttributes: new TypedSearchAttributes([
          { key: SEARCH_ATTRIBUTES.person, value: person },
          { key: SEARCH_ATTRIBUTES.eventType, value: type },
          { key: SEARCH_ATTRIBUTES.source, value: source },
        ]),
      }),
    );
  }
}
