import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { passwordMailWorkflowId } from '../../contracts/workflow-ids.js';
import { PasswordResetRepository } from '../../persistence/password-reset.repository.js';
import { describeError } from '../log/redaction.js';
import { ProblemException } from '../problems/problem.exception.js';
import { PasswordHandOver } from './password-hand-over.js';

/** What strangers can have sent to one person: enough to be helped, too little to be a nuisance. */
const LIMIT = { mails: 5, withinMs: 24 * 60 * 60 * 1000, apartMs: 5 * 60 * 1000 };
/** Longer than any user name. */
const LONGEST_NAME = 256;

/** Mails with which people choose a new password. */
@Injectable()
export class PasswordResetService implements BeforeApplicationShutdown {
  private readonly logger = new Logger('password-reset');
  private readonly underWay = new Set<Promise<void>>();

  constructor(
    private readonly repository: PasswordResetRepository,
    private readonly handOver: PasswordHandOver,
  ) {}

  /**
   * Sends a person such a mail.
   * @throws ProblemException when there is no such person, they have left, or nobody knows where they read mail
   */
  async send(id: string, actor: string): Promise<{ operationId: string; workflowId: string; person: string }> {
    const person = await this.repository.personById(id);
    const planned = person
      ? await this.repository.plan(person, { actor, source: 'api', workflowId: passwordMailWorkflowId })
      : ({ outcome: 'unknown' } as const);
    switch (planned.outcome) {
      case 'planned':
        this.handOver.nudge(planned.workflowId);
        return planned;
      case 'left':
        throw new ProblemException(409, 'conflict', 'The person has left. Only a rehire lets them choose a password.');
      case 'no-address':
        throw new ProblemException(
          409,
          'conflict',
          'There is no address to send the mail to. Send personalMail with a mover event, then ask again.',
        );
      default:
        throw new ProblemException(404, 'not-found', `There is no person ${id}.`);
    }
  }

  /** The same for whoever says a user name; nobody is told whether there is one. */
  requestBySignInName(name: string): void {
    if (name === '' || name.length > LONGEST_NAME || /\p{Cc}|\p{Cs}/u.test(name)) return;
    const work: Promise<void> = this.sendTo(name)
      .catch((error) => this.logger.error({ err: describeError(error) }, 'a reset mail could not be planned'))
      .finally(() => this.underWay.delete(work));
    this.underWay.add(work);
  }

  /** Waits for what was promised to somebody already. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(this.underWay);
  }

  private async sendTo(name: string): Promise<void> {
    const person = await this.repository.personBySignInName(name);
    if (!person) return;
    const planned = await this.repository.plan(person, {
      actor: 'end user',
      source: 'activation page',
      workflowId: passwordMailWorkflowId,
      limit: LIMIT,
    });
    if (planned.outcome === 'planned') this.handOver.nudge(planned.workflowId);
    else this.logger.log({ person, outcome: planned.outcome }, 'a reset mail was asked for and is not sent');
  }
}
