import { Inject, Injectable } from '@nestjs/common';
import { Client, WorkflowNotFoundError } from '@temporalio/client';
import type { temporal } from '@temporalio/proto';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { HistoryActivities } from './history-activities.js';
import type { HistoryActivity } from './history-views.js';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** Long enough for a history of some megabytes. */
const DEADLINE_MS = 20_000;

/** A run as Temporal knows it, with the activities that had to do with one operation. */
export interface RunHistory {
  runState: string;
  activities: HistoryActivity[];
}

/** Reads Temporal's histories. */
@Injectable()
export class HistoryReader {
  constructor(
    private readonly client: Client,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** The history of a run, or undefined when Temporal does not have it (any more). */
  async read(workflowId: string, runId: string, operationId: string): Promise<RunHistory | undefined> {
    try {
      return await this.client.withDeadline(Date.now() + DEADLINE_MS, async () => {
        const description = await this.client.workflow.getHandle(workflowId, runId).describe();
        const activities = new HistoryActivities(operationId, this.client.options.loadedDataConverter);
        for await (const event of this.events(workflowId, runId)) await activities.add(event);
        for (const pending of description.raw.pendingActivities ?? []) await activities.addPending(pending);
        return { runState: description.status.name, activities: activities.all() };
      });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** Page after page, so that a long history is never in memory as a whole. */
  private async *events(workflowId: string, runId: string): AsyncGenerator<HistoryEvent> {
    let nextPageToken: Uint8Array | undefined;
    do {
      const page = await this.client.workflowService.getWorkflowExecutionHistory({
        namespace: this.options.temporal.namespace,
        execution: { workflowId, runId },
        nextPageToken,
      });
      yield* page.history?.events ?? [];
      nextPageToken = page.nextPageToken;
    } while (nextPageToken?.length);
  }
}

/** gRPC's NOT_FOUND, and INVALID_ARGUMENT for a run id that is none. */
function isNotFound(error: unknown): boolean {
  const { code, cause } = error as { code?: unknown; cause?: { code?: unknown } };
  return code === 5 || cause?.code === 5;
}
