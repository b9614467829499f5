import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';

const failureSchema = z
  .object({
    message: z.string(),
    type: z.string().optional().describe('Category of a connector error: transient, throttled, conflict, …'),
  })
  .meta({ id: 'AttemptFailure' });

const activitySchema = z
  .object({
    id: z.string(),
    type: z.string(),
    taskQueue: z.string().optional(),
    state: z.enum(['scheduled', 'started', 'completed', 'failed', 'timed-out', 'cancelled']),
    attempt: z.int().describe('The attempt that it is at, or ended with; from 1'),
    scheduledAt: z.iso.datetime().nullable(),
    startedAt: z.iso.datetime().nullable().describe('When that attempt began'),
    endedAt: z.iso.datetime().nullable(),
    lastFailure: failureSchema.nullable().describe('Why the attempt before did not succeed'),
    failure: failureSchema.nullable().describe('How it ended, when not well'),
    nextAttemptAt: z.iso.datetime().nullable(),
    result: z.unknown().describe('What it said of this operation'),
  })
  .meta({ id: 'HistoryActivity' });
export type HistoryActivity = z.infer<typeof activitySchema>;

/** What Temporal's history tells of an operation. */
export class HistoryDto extends createZodDto(
  z.object({
    operation: z.string(),
    workflowId: z.string(),
    runId: z.string(),
    runState: z.string().describe('RUNNING, COMPLETED, CONTINUED_AS_NEW, …'),
    activities: z.array(activitySchema).describe('Every activity that had to do with the operation, in order'),
  }),
) {}
export type OperationHistory = InstanceType<typeof HistoryDto>;
