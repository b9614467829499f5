import type { Client } from '@temporalio/client';
import {
  decodeArrayFromPayloads,
  decodeOptionalFailureToOptionalError,
} from '@temporalio/common/lib/internal-non-workflow';
import { tsToMs } from '@temporalio/common/lib/time';
import type { temporal } from '@temporalio/proto';

/** A run of a workflow, as far as the report is concerned. */
export interface Run {
  workflowId: string;
  runId: string;
  /** `joiner`, `mover`, …, `password`, `passwordMail`. */
  type: string;
}

/** One thing that a history says: a run began or came to its end, or an activity of either kind did. */
export type Moment = { at: number; run: Run } & (
  | { what: 'began'; input: unknown }
  | { what: 'ended' }
  /** A local activity, whose input no history keeps. */
  | { what: 'decided'; activity: string; result: unknown }
  | { what: 'done'; activity: string; input: unknown; result: unknown }
  | { what: 'given-up'; activity: string; input: unknown; reason: string; attempts: number }
  /** The run made way for the next one, and the activity had not said by then that it stopped. */
  | { what: 'interrupted'; activity: string; input: unknown }
);

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;
type Payloads = temporal.api.common.v1.IPayloads | null | undefined;

/** Everything that all histories on the server say, in the order of time. */
export async function historyMoments(client: Client): Promise<Moment[]> {
  const moments: Moment[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    moments.push(...(await momentsOf(client, { workflowId, runId, type }, events ?? [])));
  }
  return moments.sort((a, b) => a.at - b.at);
}

async function momentsOf(client: Client, run: Run, events: HistoryEvent[]): Promise<Moment[]> {
  const converter = client.options.loadedDataConverter;
  const first = async (payloads: Payloads) => (await decodeArrayFromPayloads(converter, payloads?.payloads))[0];
  const scheduled = new Map<string, { activity: string; input: unknown }>();
  const running = new Set<string>();
  const started = new Map<string, number>();
  const moments: Moment[] = [];

  for (const event of events) {
    const base = { at: tsToMs(event.eventTime), run };
    const began = event.workflowExecutionStartedEventAttributes;
    if (began) moments.push({ ...base, what: 'began', input: await first(began.input) });
    if (event.workflowExecutionCompletedEventAttributes) moments.push({ ...base, what: 'ended' });
    const marker = event.markerRecordedEventAttributes;
    if (marker?.markerName === 'core_local_activity') {
      const { activity_type } = (await first(marker.details?.data)) as { activity_type: string };
      moments.push({
        ...base,
        what: 'decided',
        activity: activity_type,
        result: await first(marker.details?.result),
      });
    }
    const planned = event.activityTaskScheduledEventAttributes;
    if (planned) {
      const activity = { activity: planned.activityType?.name ?? '', input: await first(planned.input) };
      scheduled.set(String(event.eventId), activity);
      running.add(String(event.eventId));
    }
    const start = event.activityTaskStartedEventAttributes;
    if (start) started.set(String(start.scheduledEventId), start.attempt ?? 1);
    const ended = event.activityTaskCompletedEventAttributes ?? event.activityTaskCanceledEventAttributes;
    if (ended) running.delete(String(ended.scheduledEventId));
    if (event.workflowExecutionContinuedAsNewEventAttributes) {
      for (const id of running) {
        const activity = scheduled.get(id);
        if (activity) moments.push({ ...base, ...activity, what: 'interrupted' });
      }
    }
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed) {
      const activity = scheduled.get(String(completed.scheduledEventId));
      if (activity) moments.push({ ...base, ...activity, what: 'done', result: await first(completed.result) });
    }
    const failed = event.activityTaskFailedEventAttributes ?? event.activityTaskTimedOutEventAttributes;
    if (failed) {
      running.delete(String(failed.scheduledEventId));
      const activity = scheduled.get(String(failed.scheduledEventId));
      const error = await decodeOptionalFailureToOptionalError(converter, failed.failure);
      const attempts = started.get(String(failed.scheduledEventId)) ?? 0;
      if (activity) moments.push({ ...base, ...activity, what: 'given-up', reason: error?.message ?? '', attempts });
    }
  }
  return moments;
}
