import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { LaneActivities } from '../../activities/lane/lane.activities.js';
import type { MailActivities } from '../../activities/mail/mail.activities.js';
import type { OutcomeActivities } from '../../activities/outcomes/outcome.activities.js';
import type { PlanningActivities } from '../../activities/planning/planning.activities.js';
import { directoryQueue, MAIL_QUEUE, PRIORITY } from '../../contracts/task-queues.js';
import { PATIENT, QUICK } from '../patience.js';

/**
 * An activity that works on a directory heartbeats every second; this long without one and it counts as lost. It is
 * also how long a lost one may still be writing, so a run that takes over waits as long (see `fences`).
 */
export const HEARTBEAT_TIMEOUT_MS = 5_000;

/**
 * Planning and recording are short transactions in our own database, so they run inside the workflow task: no round
 * trip through the server for each. They retry for ever, since without the database nothing can go on.
 */
export const core = proxyLocalActivities<PlanningActivities & OutcomeActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
  // Longer pauses are timers, so that one who cannot be planned holds no place among the few workflow tasks.
  localRetryThreshold: '1s',
});

/** `PATIENT` while access is to be cut, where every second counts. */
const PATIENT_CUT = { initialInterval: '1s', backoffCoefficient: 1.5, maximumInterval: '10s' } as const;

export type Stage = 'quick' | 'patient';

/** The activities of one directory's queue. */
export function directoryActivities(directory: string, stage: Stage, cut: boolean): LaneActivities {
  return proxyActivities<LaneActivities>({
    taskQueue: directoryQueue(directory),
    // One lane is a handful of calls, each with its own time limit of seconds.
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: HEARTBEAT_TIMEOUT_MS,
    // Longer than any queue of joiners; then nobody works on this directory, and the person's next event goes on.
    ...(stage === 'quick' && { scheduleToStartTimeout: '15 minutes' }),
    retry: stage === 'quick' ? QUICK : cut ? PATIENT_CUT : PATIENT,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    priority: { priorityKey: cut ? PRIORITY.cutAccess : PRIORITY.normal },
  });
}

/** The activities of the mail queue. */
export function mailActivities(stage: Stage): MailActivities {
  return proxyActivities<MailActivities>({
    taskQueue: MAIL_QUEUE,
    // A mail server may take its time to answer after the text. A worker that died says nothing at all.
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '10s',
    retry: stage === 'quick' ? QUICK : PATIENT,
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
  });
}
