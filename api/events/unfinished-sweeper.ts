import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { UnfinishedRepository } from '../../persistence/unfinished.repository.js';
import { API_OPTIONS, type ApiOptions, HAND_OVER_DEFAULTS, type HandOverOptions } from '../api-options.js';
import { describeError } from '../log/redaction.js';
import { PersonRuns } from '../temporal/person-runs.js';
import { HandOver } from './hand-over.js';

/** Persons that one look asks Temporal about; the next look goes on with the next ones. */
const PERSONS_AT_ONCE = 100;
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Takes up what runs left behind that were ended from outside: terminated in Temporal's UI, or lost with its state.
 * Nothing that was accepted stays open for ever because of it.
 */
@Injectable()
export class UnfinishedSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('unfinished-sweeper');
  private readonly options: HandOverOptions;
  private timer: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private after = NOBODY;

  constructor(
    @Inject(API_OPTIONS) options: ApiOptions,
    private readonly repository: UnfinishedRepository,
    private readonly runs: PersonRuns,
    private readonly handOver: HandOver,
  ) {
    this.options = { ...HAND_OVER_DEFAULTS, ...options.handOver };
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      this.looking ??= this.look().finally(() => {
        this.looking = undefined;
      });
    }, this.options.untakenEveryMs);
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.looking;
  }

  private async look(): Promise<void> {
    const { untakenAfterMs, deadlineMs } = this.options;
    try {
      await this.repository.failLostMails();
      const persons = await this.repository.persons(this.after, untakenAfterMs, PERSONS_AT_ONCE);
      this.after = (persons.length === PERSONS_AT_ONCE ? persons.at(-1) : undefined) ?? NOBODY;
      for (const person of persons) {
        if (await this.runs.isOpen(person, deadlineMs)) continue;
        const count = await this.repository.putBack(person, untakenAfterMs);
        if (count === 0) continue;
        this.logger.warn({ person, count }, 'a run ended without finishing what it took; it is taken up again');
        this.handOver.nudge();
      }
    } catch (error) {
      this.logger.warn({ err: describeError(error) }, 'cannot look for what runs left behind; trying again later');
    }
  }
}
