import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { DataSource } from 'typeorm';
import type { ApiOptions } from '../../api/api-options';
import { createApi } from '../../api/create-api';
import { ensureKeyring, publicKeyring } from '../../contracts/keyring';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes';
import { runMigrations } from '../../persistence/migrate';
import { startTestPostgres, type TestPostgres } from './postgres';
import { startTestTemporal, type TestTemporal } from './temporal';

// Starting and killing real servers takes longer than jest's five seconds where many suites run side by side.
jest.setTimeout(60_000);

/** The API over servers of its own, listening on a free port. */
export interface TestApi {
  url: string;
  token: string;
  app: NestExpressApplication;
  postgres: TestPostgres;
  temporal: TestTemporal;
  database: DataSource;
  /** What it was made with, to make another one over the same servers. */
  options: ApiOptions;
  /** Everything that was logged, as text. */
  log(): string;
  /** Asks with the bearer token. `json` becomes the body. */
  fetch(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>;
  /** The same, with the answer read. */
  ask(path: string, init?: RequestInit & { json?: unknown }): Promise<Answer>;
  stop(): Promise<void>;
}

/** An answer that was read. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers, and fail where something is not there.
  body: any;
}

/** Starts PostgreSQL, Temporal and the API for a suite, in about two seconds. */
export async function startTestApi(changes: Partial<ApiOptions> = {}): Promise<TestApi> {
  const home = await mkdtemp(join(tmpdir(), 'tenure-test-api-'));
  const postgres = await startTestPostgres();
  const temporal = await startTestTemporal({ searchAttributes: SEARCH_ATTRIBUTE_TYPES });
  await runMigrations(postgres.url);
  const token = randomBytes(24).toString('hex');
  const lines: string[] = [];
  const options: ApiOptions = {
    databaseUrl: postgres.url,
    temporal: { connectionOptions: { address: temporal.address }, namespace: 'default' },
    keyring: publicKeyring(ensureKeyring(home, {})),
    adminToken: token,
    publicUrl: 'http://127.0.0.1:8080',
    temporalUiUrl: 'http://127.0.0.1:8233',
    log: { level: 'info', destination: { write: (line: string) => void lines.push(line) } },
    ...changes,
  };
  const app = await createApi(options);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const ask: TestApi['fetch'] = (path, { json, ...init } = {}) =>
    fetch(url + path, {
      ...init,
      headers: {
        authorization: `Bearer ${token}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...init.headers,
      },
      body: json === undefined ? init.body : JSON.stringify(json),
    });
  return {
    url,
    token,
    app,
    postgres,
    temporal,
    database: app.get(DataSource),
    options,
    log: () => lines.join(''),
    fetch: ask,
    ask: async (path, init) => {
      const response = await ask(path, init);
      const text = await response.text();
      const isJson = /json/.test(response.headers.get('content-type') ?? '');
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
    },
    stop: async () => {
      await app.close();
      await Promise.all([postgres.stop(), temporal.stop(), rm(home, { recursive: true })]);
    },
  };
}
