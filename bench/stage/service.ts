import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../../test/eventually.js';
import { type NewEvent, Tenure } from '../../test/stack/tenure.js';
import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { type EmbeddedPostgres, startPostgres } from '../../worker/embedded/postgres.js';
import type { Corporation } from './corporation.js';

/** The API's limit for one request. */
const MOST_EVENTS = 1_000;

/**
 * The built service as `npm start` runs it, over a PostgreSQL (as durable as the service's own) whose tables the
 * benchmark can look into, so that following thousands of events costs the API nothing.
 */
export class Service {
  private constructor(
    readonly tenure: Tenure,
    private readonly workers: number,
    private readonly home: string,
    private readonly postgres: EmbeddedPostgres,
    private readonly database: Client,
  ) {}

  static async start(corporation: Corporation, workers: number): Promise<Service> {
    const home = mkdtempSync(join(tmpdir(), 'tenure-bench-'));
    const postgres = await startPostgres({ home, cacheDir: cacheFolder() });
    const tenure = await Tenure.start({
      directories: corporation.directories(),
      policy: corporation.policy(),
      smtpUrl: corporation.mail.url,
      env: { DATABASE_URL: postgres.url, TENURE_WORKERS: String(workers) },
    });
    const database = new Client({ connectionString: postgres.url });
    await database.connect();
    return new Service(tenure, workers, home, postgres, database);
  }

  get temporalAddress(): string {
    return `127.0.0.1:${this.tenure.ports.temporal}`;
  }

  /** The processes of the service, by name: API, Worker, Worker-2, …, Temporal, PostgreSQL. */
  pids(): Record<string, number> {
    const own = ['API', 'Worker', 'Temporal', ...Array.from({ length: this.workers - 1 }, (_, n) => `Worker-${n + 2}`)];
    return { ...Object.fromEntries(own.map((name) => [name, this.tenure.pid(name)])), PostgreSQL: this.postgres.pid };
  }

  /** Posts events in as few requests as there may be; every one of them has to be accepted. */
  async post(events: NewEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += MOST_EVENTS) {
      const { items } = await this.tenure.json<{ items: { status: number }[] }>(
        'POST',
        '/api/v1/events',
        events.slice(start, start + MOST_EVENTS),
      );
      const refused = items.find(({ status }) => status !== 202);
      if (refused) throw new Error(`An event was not accepted: ${JSON.stringify(refused)}`);
    }
  }

  /** How many events of the benchmark have not come to their end. */
  async open(): Promise<number> {
    const { rows } = await this.database.query(
      "SELECT count(*)::int AS open FROM lifecycle_event WHERE state IN ('accepted', 'taken')",
    );
    return rows[0].open;
  }

  /** Waits until every event has come to its end. */
  async untilIdle(): Promise<void> {
    await eventually(async () => (await this.open()) === 0, { withinMs: 900_000, what: 'all events at an end' });
  }

  /** Operations that did not succeed; a benchmark of failures would be worth nothing. */
  async failures(): Promise<string[]> {
    const { rows } = await this.database.query(
      `SELECT application, kind, outcome, reason, count(*)::int AS n FROM operation
       WHERE outcome NOT IN ('succeeded', 'unchanged', 'planned') GROUP BY 1, 2, 3, 4`,
    );
    return rows.map((row) => `${row.n} × ${row.application} ${row.kind} ${row.outcome}: ${row.reason}`);
  }

  async stop(): Promise<void> {
    await this.database.end();
    await this.tenure.stop();
    await this.postgres.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}
