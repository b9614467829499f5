import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { HandOverRepository } from '../../persistence/hand-over.repository.js';
import { API_OPTIONS, type ApiOptions, HAND_OVER_DEFAULTS, type HandOverOptions } from '../api-options.js';
import { HandOver } from './hand-over.js';

/** Most events that one look puts back, so that Temporal is not flooded after an outage. */
const MOST_PUT_BACK = 1_000;

/**
 * Keeps accepted events from being forgotten: those that nobody announced (another process accepted them and died, or
 * the worker inserted them), and those that Temporal had and lost.
 */
@Injectable()
export class EventSweeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('event-sweeper');
  private readonly options: HandOverOptions;
  private timers: NodeJS.Timeout[] = [];
  private looking: Promise<void> = Promise.resolve();

  constructor(
    @Inject(API_OPTIONS) options: ApiOptions,
    private readonly repository: HandOverRepository,
    private readonly handOver: HandOver,
  ) {
    this.options = { ...HAND_OVER_DEFAULTS, ...options.handOver };
  }

  onApplicationBootstrap(): void {
    const look = (): void => {
      this.looking = this.putBackUntaken();
    };
    // At once too: whoever put Temporal's state back, or lost it, has just started everything again.
    look();
    this.timers = [
      setInterval(() => this.handOver.nudge(), this.options.sweepEveryMs),
      setInterval(look, this.options.untakenEveryMs),
    ];
  }

  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.looking;
  }

  private async putBackUntaken(): Promise<void> {
    try {
      const count = await this.repository.putBackUntaken(this.options.untakenAfterMs, MOST_PUT_BACK);
      if (count === 0) return;
      this.logger.warn({ count }, 'events are due but no run has taken them; they are handed over again');
      this.handOver.nudge();
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot look for untaken events; trying again later');
    }
  }
}
