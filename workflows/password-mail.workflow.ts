import { type ActivityOptions, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { MailActivities } from '../activities/mail/mail.activities.js';
import type { OutcomeActivities } from '../activities/outcomes/outcome.activities.js';
import type { OperationResult, SendMailInput } from '../contracts/person-run.js';
import { MAIL_QUEUE } from '../contracts/task-queues.js';
import { failureReason } from './failure-reason.js';
import { PATIENT, QUICK, QUICK_ATTEMPTS } from './patience.js';

const core = proxyLocalActivities<OutcomeActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

const onMailQueue = (patience: Pick<ActivityOptions, 'retry' | 'scheduleToCloseTimeout'>) =>
  proxyActivities<MailActivities>({
    taskQueue: MAIL_QUEUE,
    // A mail server may take its time to answer after the text. A worker that died says nothing at all.
    startToCloseTimeout: '2 minutes',
    heartbeatTimeout: '10s',
    ...patience,
  });
const quick = onMailQueue({
  retry: QUICK,
});
const patient = onMailQueue({
  retry: PATIENT,
  // Whoever asked for a new password has asked again by then, or no longer needs one.
  scheduleToCloseTimeout: '1 day',
});

/** Sends the mail with which somebody chooses a new password; nothing else happens to the person. */
export async function passwordMail(input: SendMailInput): Promise<void> {
  const record = (result: OperationResult) =>
    core.recordOutcomes({ person: input.person, results: [result], accounts: [], finished: false });
  const failure = (outcome: 'waiting' | 'failed', reason: string): OperationResult => {
    const now = new Date().toISOString();
    const { operationId } = input;
    return { operationId, outcome, reason, attempts: QUICK_ATTEMPTS, startedAt: now, finishedAt: now };
  };
  try {
    await record(await quick.sendMail(input));
    return;
  } catch (error) {
    await record(failure('waiting', failureReason(error)));
  }
  try {
    const result = await patient.sendMail(input);
    await record({ ...result, attempts: result.attempts + QUICK_ATTEMPTS });
  } catch (error) {
    await record(failure('failed', `It was tried for a day. ${failureReason(error)}`));
  }
}
