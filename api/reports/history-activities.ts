import { ApplicationFailure, type LoadedDataConverter } from '@temporalio/common';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import { optionalTsToDate } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';
import type { HistoryActivity } from './history-views.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type PendingActivity = temporal.api.workflow.v1.IPendingActivityInfo;
type Payloads = temporal.api.common.v1.IPayloads;
type Failure = temporal.api.failure.v1.IFailure;

/** Gathers, from the events of a history, the activities whose input or result names one operation. */
export class HistoryActivities {
  private readonly byEventId = new Map<string, HistoryActivity>();

  constructor(
    private readonly operationId: string,
    private readonly converter: LoadedDataConverter,
  ) {}

  /** In the order in which they were scheduled. */
  all(): HistoryActivity[] {
    return [...this.byEventId.values()];
  }

  /** Takes the next event. */
  async add(event: HistoryEvent): Promise<void> {
    if (event.activityTaskScheduledEventAttributes) {
      await this.scheduled(event, event.activityTaskScheduledEventAttributes);
    }
    const started = event.activityTaskStartedEventAttributes;
    const at = time(event.eventTime);
    await this.change(started, async (activity) => ({
      state: 'started',
      startedAt: at,
      attempt: started?.attempt ?? activity.attempt,
      lastFailure: await this.failure(started?.lastFailure),
    }));
    const completed = event.activityTaskCompletedEventAttributes;
    await this.change(completed, async () => ({
      state: 'completed',
      endedAt: at,
      result: await this.resultOf(completed?.result),
    }));
    const failed = event.activityTaskFailedEventAttributes;
    await this.change(failed, async () => ({
      state: 'failed',
      endedAt: at,
      failure: await this.failure(failed?.failure),
    }));
    const timedOut = event.activityTaskTimedOutEventAttributes;
    await this.change(timedOut, async () => ({
      state: 'timed-out',
      endedAt: at,
      failure: await this.failure(timedOut?.failure),
    }));
    await this.change(event.activityTaskCanceledEventAttributes, async () => ({ state: 'cancelled', endedAt: at }));
  }

  /** Takes what the server knows of an activity that has not ended; its attempts are not in the history yet. */
  async addPending(pending: PendingActivity): Promise<void> {
    const activity = this.all().find(({ id }) => id === pending.activityId);
    if (!activity) return;
    const started = optionalTsToDate(pending.lastStartedTime);
    Object.assign(activity, {
      attempt: pending.attempt ?? activity.attempt,
      startedAt: started?.toISOString() ?? null,
      lastFailure: await this.failure(pending.lastFailure),
      nextAttemptAt: time(pending.nextAttemptScheduleTime),
    } satisfies Partial<HistoryActivity>);
  }

  private async scheduled(
    event: HistoryEvent,
    attributes: temporal.api.history.v1.IActivityTaskScheduledEventAttributes,
  ): Promise<void> {
    const input = await decodeArrayFromPayloads(this.converter, attributes.input?.payloads);
    if (!names(input, this.operationId)) return;
    this.byEventId.set(String(event.eventId), {
      id: attributes.activityId ?? '',
      type: attributes.activityType?.name ?? '',
      taskQueue: attributes.taskQueue?.name ?? undefined,
      state: 'scheduled',
      attempt: 1,
      scheduledAt: time(event.eventTime),
      startedAt: null,
      endedAt: null,
      lastFailure: null,
      failure: null,
      nextAttemptAt: null,
      result: null,
    });
  }

  private async change(
    attributes: { scheduledEventId?: unknown } | null | undefined,
    change: (activity: HistoryActivity) => Promise<Partial<HistoryActivity>>,
  ): Promise<void> {
    const activity = attributes && this.byEventId.get(String(attributes.scheduledEventId));
    if (activity) Object.assign(activity, await change(activity));
  }

  private async failure(failure: Failure | null | undefined): Promise<HistoryActivity['failure']> {
    const error = await decodeOptionalFailureToOptionalError(this.converter, failure);
    if (!error) return null;
    return {
      message: error.message,
      ...(error instanceof ApplicationFailure ? { type: error.type ?? undefined } : {}),
    };
  }

  /** Of a result that speaks of many operations, the part that speaks of this one. */
  private async resultOf(result: Payloads | null | undefined): Promise<unknown> {
    const values = await decodeArrayFromPayloads(this.converter, result?.payloads);
    return partAbout(values, this.operationId) ?? null;
  }
}

function time(timestamp: Parameters<typeof optionalTsToDate>[0]): string | null {
  return optionalTsToDate(timestamp)?.toISOString() ?? null;
}

function names(value: unknown, id: string): boolean {
  if (value === id) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member) => names(member, id));
}

function partAbout(value: unknown, id: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Object.values(value).includes(id)) return value;
  for (const member of Object.values(value)) {
    const part = partAbout(member, id);
    if (part !== undefined) return part;
  }
  return undefined;
}
