import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import type { EventRef } from '../../contracts/person-run.js';
import { type EventToHandOver, HandOverRepository } from '../../persistence/hand-over.repository.js';
import { API_OPTIONS, type ApiOptions, HAND_OVER_DEFAULTS, type HandOverOptions } from '../api-options.js';
import { describeError } from '../log/redaction.js';
import { Metrics } from '../metrics/metrics.js';
import { PersonRuns } from '../temporal/person-runs.js';
import { isTemporalAway } from '../temporal/temporal-away.js';
import { HandOverBatch } from './hand-over-batch.js';
import { HandOverLoop } from './hand-over-loop.js';

/** How long until an event that Temporal refuses is tried again. */
const REFUSED_DELAY_MS = 30_000;
/** How long nothing is sent after Temporal did not answer. */
const AWAY_DELAY_MS = 1_000;

/**
 * Brings accepted events to Temporal, in the background. The database is the queue, so that nothing is lost with a
 * process and several processes share the work; memory holds only what is on its way. Leavers and urgent events have a
 * loop of their own and stand behind nobody.
 */
@Injectable()
export class HandOver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('hand-over');
  private readonly options: HandOverOptions;
  private readonly batch: HandOverBatch;
  private readonly loops: Record<'first' | 'other', HandOverLoop>;
  private away = false;

  constructor(
    @Inject(API_OPTIONS) options: ApiOptions,
    repository: HandOverRepository,
    private readonly runs: PersonRuns,
    private readonly metrics: Metrics,
  ) {
    this.options = { ...HAND_OVER_DEFAULTS, ...options.handOver };
    this.batch = new HandOverBatch(repository, (error) =>
      this.logger.error({ err: error }, 'cannot record a hand-over'),
    );
    const loop = (queue: 'first' | 'other') =>
      new HandOverLoop({
        concurrency: this.options.concurrency,
        claim: (limit) => repository.claim(queue, limit, this.options.claimMs),
        send: (event) => this.send(event),
        onClaimFailed: (error) => this.logger.warn({ err: error }, 'cannot read events to hand over; trying again'),
      });
    this.loops = { first: loop('first'), other: loop('other') };
  }

  onApplicationBootstrap(): void {
    for (const loop of Object.values(this.loops)) loop.start();
  }

  /** There may be something to hand over. */
  nudge(): void {
    for (const loop of Object.values(this.loops)) loop.nudge();
  }

  /** Finishes what is on its way; the rest is another process's, or the next start's. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all(Object.values(this.loops).map((loop) => loop.stop()));
    await this.batch.flush();
  }

  private async send(event: EventToHandOver): Promise<{ pauseMs: number } | undefined> {
    try {
      await this.runs.sendEvent(event.personUuid, refOf(event), this.options.deadlineMs);
    } catch (error) {
      return this.failed(event, error);
    }
    this.metrics.handOvers.inc({ result: 'ok' });
    this.batch.confirm(event.id);
    if (this.away) this.logger.log('Temporal answers again');
    this.away = false;
    return undefined;
  }

  private failed(event: EventToHandOver, error: unknown): { pauseMs: number } | undefined {
    if (isTemporalAway(error)) {
      this.metrics.handOvers.inc({ result: 'away' });
      // Once per outage, not once per event.
      if (!this.away) this.logger.warn({ err: describeError(error) }, 'Temporal does not answer; events wait for it');
      this.away = true;
      this.batch.release(event.id, AWAY_DELAY_MS);
      return { pauseMs: AWAY_DELAY_MS };
    }
    this.metrics.handOvers.inc({ result: 'refused' });
    this.logger.error({ err: error, event: event.id }, 'Temporal refuses an event; it will be sent again');
    this.batch.release(event.id, REFUSED_DELAY_MS);
    return undefined;
  }
}

function refOf(event: EventToHandOver): EventRef {
  return {
    id: event.id,
    position: event.position,
    type: event.type,
    source: event.source,
    effectiveAt: event.effectiveAt.toISOString(),
    urgent: event.urgent,
  };
}
