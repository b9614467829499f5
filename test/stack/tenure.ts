import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type RunningChild, startChild } from '../../worker/embedded/child';
import { freePort } from '../../worker/embedded/free-port';
import { eventually } from '../eventually';

/** A directory as `directories.yaml` has it, with its secrets' values. */
export interface StackDirectory {
  name: string;
  kind: string;
  settings: Record<string, unknown>;
  secrets: Record<string, string>;
}

export interface TenureOptions {
  directories: StackDirectory[];
  /** The text of the policy. */
  policy: string;
  smtpUrl: string;
  env?: Record<string, string>;
}

/** One event for `POST /api/v1/events`. */
export interface NewEvent {
  type: string;
  source?: string;
  eventId?: string;
  effectiveAt?: string;
  urgent?: boolean;
  person: Record<string, unknown> & { personId: string };
}

/** A row of the provisioning report. */
export interface ReportRow {
  id: string;
  application: string;
  operation: string;
  outcome: string;
  reason: string | null;
  [name: string]: unknown;
}

/** The administrator's bearer token of every service that a test starts. */
export const ADMIN_TOKEN = 'whole-stack-test-token';
let eventNumber = 0;

/** `npm start` as a user runs it: the built service under its supervisor, in a state folder of its own. */
export class Tenure {
  private constructor(
    readonly home: string,
    readonly url: string,
    readonly ports: { temporal: number; ui: number },
    private readonly env: NodeJS.ProcessEnv,
    private service: RunningChild,
  ) {}

  static async start(options: TenureOptions): Promise<Tenure> {
    const home = mkdtempSync(join(tmpdir(), 'tenure-stack-'));
    const secrets: Record<string, string> = {};
    const directories = options.directories.map(({ secrets: values, ...directory }) => ({
      ...directory,
      secrets: Object.fromEntries(
        Object.entries(values).map(([key, value]) => {
          const variable = `${directory.name}_${key}`.toUpperCase().replace(/-/g, '_');
          secrets[variable] = value;
          return [key, { env: variable }];
        }),
      ),
    }));
    writeFileSync(join(home, 'directories.yaml'), stringify({ directories }));
    const [port, temporal, ui] = [await freePort(), await freePort(), await freePort()];
    const env = {
      ...process.env,
      ...secrets,
      TENURE_HOME: home,
      TENURE_PORT: String(port),
      TENURE_ADMIN_TOKEN: ADMIN_TOKEN,
      TENURE_TEMPORAL_PORT: String(temporal),
      TENURE_TEMPORAL_UI_PORT: String(ui),
      SMTP_URL: options.smtpUrl,
      ...options.env,
    };
    const url = `http://127.0.0.1:${port}`;
    const tenure = new Tenure(home, url, { temporal, ui }, env, await launch(env));
    const saved = await tenure.request('PUT', '/api/v1/policies', options.policy, 'application/yaml');
    if (!saved.ok) throw new Error(`The policy was refused: ${await saved.text()}`);
    return tenure;
  }

  /** Sends a request with the administrator's token. */
  request(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...(body !== undefined && { 'content-type': contentType }) },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
      signal: AbortSignal.timeout(15_000),
    });
  }

  /** The answer's JSON; anything but a success is an error with the problem in its message. */
  async json<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.request(method, path, body);
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** Sends an event; ids are made up where the test does not care. */
  async send(event: NewEvent): Promise<{ event: { id: string }; person: { id: string }; workflowId: string }> {
    eventNumber += 1;
    return this.json('POST', '/api/v1/events', { source: 'hr', eventId: `event-${eventNumber}`, ...event });
  }

  /** Sends an event and waits until it has come to its end. */
  async settle(event: NewEvent): Promise<{ state: string; reason: string | null; id: string }> {
    const { event: accepted } = await this.send(event);
    await this.ended([accepted.id]);
    return this.event(accepted.id);
  }

  /** An event and how far it is. */
  async event(id: string): Promise<{ state: string; reason: string | null; id: string }> {
    const { event } = await this.json<{ event: { state: string; reason: string | null; id: string } }>(
      'GET',
      `/api/v1/events/${id}`,
    );
    return event;
  }

  /** Waits until events are at an end. */
  async ended(ids: string[], withinMs = 60_000): Promise<void> {
    const open = new Set(ids);
    await eventually(
      async () => {
        for (const id of open) {
          const { state } = await this.event(id);
          if (['done', 'superseded', 'failed'].includes(state)) open.delete(id);
        }
        return open.size === 0;
      },
      { withinMs, what: `${ids.length} events at an end` },
    );
  }

  /** All rows of the report that fit, the earliest first. */
  async report(query: Record<string, string> = {}): Promise<ReportRow[]> {
    const rows: ReportRow[] = [];
    let cursor: string | undefined;
    do {
      const parameters = new URLSearchParams({ ...query, limit: '500', ...(cursor && { cursor }) });
      const page = await this.json<{ items: ReportRow[]; nextCursor: string | null }>(
        'GET',
        `/api/v1/reports/provisioning?${parameters}`,
      );
      rows.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    return rows.reverse();
  }

  /** The process that runs a part now: `API`, `Worker`, `PostgreSQL`, `Temporal`. */
  pid(part: string): number {
    const pids = JSON.parse(readFileSync(join(this.home, 'run', 'parts.json'), 'utf8'));
    return pids[part];
  }

  /** Kills a part as `kill -9` does; the supervisor starts it again. */
  kill(part: string): void {
    process.kill(this.pid(part), 'SIGKILL');
  }

  /** Kills a part and waits until the supervisor has it running again. */
  async crash(part: string): Promise<void> {
    const before = this.pid(part);
    this.kill(part);
    await eventually(() => this.pid(part) !== before, { withinMs: 30_000, what: `${part} runs again` });
  }

  /** The connection URL of the embedded PostgreSQL. */
  databaseUrl(): string {
    const { port, password } = JSON.parse(readFileSync(join(this.home, 'postgres', 'connection.json'), 'utf8'));
    return `postgres://tenure:${password}@127.0.0.1:${port}/tenure`;
  }

  /**
   * Stops the whole service and starts it again over its state.
   * @param meanwhile what happens to the state while nothing runs
   */
  async restart(meanwhile: () => void = () => undefined): Promise<void> {
    await this.service.stop();
    meanwhile();
    this.service = await launch(this.env);
  }

  /** Kills every process at once, the supervisor first, as a power cut does, and starts the service again. */
  async powerCut(): Promise<void> {
    const parts = ['Worker', 'API', 'Temporal', 'PostgreSQL'].map((part) => this.pid(part));
    for (const pid of [this.service.pid, ...parts]) process.kill(pid, 'SIGKILL');
    await this.service.exited;
    this.service = await launch(this.env);
  }

  /** What the parts wrote into their logs. */
  log(part: 'api' | 'worker' | 'postgres' | 'temporal'): string {
    return readFileSync(join(this.home, 'logs', `${part}.log`), 'utf8');
  }

  async stop(): Promise<void> {
    await this.service.stop();
    rmSync(this.home, { recursive: true, force: true });
  }
}

function launch(env: NodeJS.ProcessEnv): Promise<RunningChild> {
  return startChild({
    name: 'Tenure',
    command: process.execPath,
    args: [join(__dirname, '..', '..', 'dist', 'worker', 'service', 'main.js')],
    env,
    ready: /Tenure takes events at/,
    readyTimeout: 60_000,
    stopSignal: 'SIGINT',
    stopTimeout: 40_000,
  });
}
