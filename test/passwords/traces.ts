import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import type { DataSource } from 'typeorm';

/** Everything that one place holds, by a name for it. */
export type Traces = Map<string, Buffer>;

const { HistoryEvent } = temporal.api.history.v1;

/** Every form in which a secret could stand somewhere. */
export function forms(secret: string): Buffer[] {
  const utf8 = Buffer.from(secret);
  const utf16 = Buffer.from(secret, 'utf16le');
  // Base64 of a longer text holds that of its parts, but for the edges.
  const inner = (bytes: Buffer, skip: number) => bytes.subarray(skip).toString('base64').slice(2, -4);
  const encoded = [0, 1, 2].flatMap((skip) => [inner(utf8, skip), inner(utf16, skip)]);
  const texts = [...encoded, utf8.toString('hex'), utf16.toString('hex'), encodeURIComponent(secret)];
  return [utf8, utf16, ...texts.map((text) => Buffer.from(text))];
}

/** The places that hold a secret in any form. */
export function placesOf(secret: string, traces: Traces): string[] {
  const wanted = forms(secret);
  return [...traces].filter(([, bytes]) => wanted.some((form) => bytes.includes(form))).map(([name]) => name);
}

/** Every history on the server: as it is stored, and with all payloads decrypted. */
export async function historyTraces(client: Client, codec: PayloadCodec): Promise<{ raw: Traces; decoded: Traces }> {
  const raw: Traces = new Map();
  const decoded: Traces = new Map();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const event of events ?? []) {
      const name = `${workflowId} event ${event.eventId}`;
      raw.set(name, Buffer.from(HistoryEvent.encode(event).finish()));
      const payloads = payloadsIn(event);
      const plain = await codec.decode(payloads);
      decoded.set(name, Buffer.concat(plain.map(({ data }) => Buffer.from(data ?? []))));
    }
  }
  return { raw, decoded };
}

function payloadsIn(value: unknown): Payload[] {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return [];
  const { metadata, data } = value as Payload;
  if (data instanceof Uint8Array && metadata) return [value as Payload];
  return Object.values(value).flatMap(payloadsIn);
}

/** Every row of every table, binary columns as bytes. */
export async function tableTraces(database: DataSource): Promise<Traces> {
  const traces: Traces = new Map();
  const tables: { name: string }[] = await database.query(
    `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  for (const { name } of tables) {
    const rows: Record<string, unknown>[] = await database.query(`SELECT * FROM "${name}"`);
    const cells = rows.flatMap((row) => Object.values(row));
    const bytes = cells.map((cell) => (Buffer.isBuffer(cell) ? cell : Buffer.from(JSON.stringify(cell) ?? '')));
    traces.set(`table ${name}`, Buffer.concat(bytes));
  }
  return traces;
}

/** Every file of the database server: also what was deleted, and the write-ahead log. */
export async function fileTraces(database: DataSource, serverPid: number): Promise<Traces> {
  await database.query('CHECKPOINT');
  const [{ data_directory }] = await database.query('SHOW data_directory');
  // The server may know its folder only as its own working directory.
  const folder = String(data_directory).replace('/proc/self/', `/proc/${serverPid}/`);
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    names.map(({ parentPath, name }) => [join(parentPath, name), readFileSync(join(parentPath, name))] as const),
  );
}
