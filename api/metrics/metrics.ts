import { Injectable } from '@nestjs/common';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { HandOverRepository } from '../../persistence/hand-over.repository.js';

/** What Prometheus is told of this process. Labels hold no ids and no paths with ids. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  readonly httpDuration = new Histogram({
    name: 'tenure_http_request_duration_seconds',
    help: 'Time until a request was answered.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  readonly events = new Counter({
    name: 'tenure_events_total',
    help: 'Events that were sent to the API, by what became of them.',
    labelNames: ['type', 'outcome'],
    registers: [this.registry],
  });

  readonly handOvers = new Counter({
    name: 'tenure_hand_overs_total',
    help: 'Calls to Temporal that brought an event, by result.',
    labelNames: ['result'],
    registers: [this.registry],
  });

  constructor(handOver: HandOverRepository) {
    collectDefaultMetrics({ register: this.registry });
    const age = new Gauge({
      name: 'tenure_hand_over_backlog_age_seconds',
      help: 'How long the oldest of them waits.',
      registers: [this.registry],
    });
    new Gauge({
      name: 'tenure_hand_over_backlog',
      help: 'Accepted events that Temporal does not have yet.',
      registers: [this.registry],
      async collect() {
        const { events, oldest } = await handOver.backlog();
        this.set(events);
        age.set(oldest ? Math.max(0, (Date.now() - oldest.getTime()) / 1000) : 0);
      },
    });
  }
}
