import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';

const COLUMNS = [
  'time',
  'personId',
  'displayName',
  'userName',
  'mail',
  'application',
  'operation',
  'target',
  'outcome',
  'reason',
  'before',
  'after',
  'attempts',
  'plannedAt',
  'startedAt',
  'finishedAt',
  'actor',
  'source',
  'event',
  'workflowId',
  'runId',
  'operationId',
  'retryOf',
];

/**
 * Rows as CSV (RFC 4180: CRLF, quotes doubled). It is meant for spreadsheets: it begins with a byte order mark, by which
 * Excel knows UTF-8, and a cell that would be a formula gets an apostrophe before it. A failure destroys the stream.
 */
export function csvOf(batches: AsyncIterable<OperationEntity[]>): Readable {
  const csv = stringify({
    bom: true,
    header: true,
    columns: COLUMNS,
    record_delimiter: 'windows',
    escape_formulas: true,
  });
  // A failure destroys `csv` too, which is where the reader hears of it.
  pipeline(Readable.from(cells(batches)), csv).catch(() => undefined);
  return csv;
}

async function* cells(batches: AsyncIterable<OperationEntity[]>): AsyncGenerator<string[]> {
  for await (const rows of batches) yield* rows.map(cellsOf);
}

function cellsOf(row: OperationEntity): string[] {
  return [
    (row.finishedAt ?? row.plannedAt).toISOString(),
    row.endUser.personId,
    row.endUser.displayName ?? '',
    row.endUser.userName ?? '',
    row.endUser.mail ?? '',
    row.application,
    row.kind,
    row.target,
    row.outcome,
    row.reason ?? '',
    row.before ? JSON.stringify(row.before) : '',
    row.after ? JSON.stringify(row.after) : '',
    String(row.attempts),
    row.plannedAt.toISOString(),
    row.startedAt?.toISOString() ?? '',
    row.finishedAt?.toISOString() ?? '',
    row.actor,
    row.source,
    row.eventUuid ?? '',
    row.workflowId,
    row.runId,
    row.id,
    row.retryOf ?? '',
  ];
}
