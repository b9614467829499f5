import { GraphError, malformed } from '../http/graph-error.js';

const MAX_REQUESTS = 20;

/** One request within a batch. */
export interface BatchItem {
  id: string;
  method: string;
  /** Relative to the version: `/users?$top=1`. */
  url: string;
  headers: Record<string, string>;
  body?: unknown;
  dependsOn: string[];
}

/** One answer within a batch. */
export interface BatchAnswer {
  id: string;
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

/**
 * Reads the body of a `$batch` request (https://learn.microsoft.com/graph/json-batching): up to 20 requests with
 * unique ids, each naming only requests of the same batch in `dependsOn`.
 */
export function readBatch(body: unknown): BatchItem[] {
  const requests = (body as { requests?: unknown } | null | undefined)?.requests;
  if (!Array.isArray(requests) || requests.length === 0) throw malformed('Invalid batch payload format.');
  if (requests.length > MAX_REQUESTS) {
    throw new GraphError(
      400,
      'MaximumValueExceeded',
      `Number of batch request steps exceeds the maximum value of ${MAX_REQUESTS}.`,
    );
  }
  const items = requests.map(readItem);
  const seen = new Set<string>();
  for (const item of items) {
    if (seen.has(item.id.toLowerCase())) throw malformed(`Request Id ${item.id} has to be unique in a batch.`);
    seen.add(item.id.toLowerCase());
  }
  for (const item of items) {
    if (item.dependsOn.some((id) => !seen.has(id.toLowerCase()))) throw malformed('Invalid batch payload format.');
  }
  return items;
}

function readItem(value: unknown): BatchItem {
  const item = (value ?? {}) as Record<string, unknown>;
  const { id, method, url, headers = {}, body, dependsOn = [] } = item;
  const valid =
    typeof id === 'string' && typeof method === 'string' && typeof url === 'string' && Array.isArray(dependsOn);
  if (!valid) throw malformed('Invalid batch payload format.');
  const lowered = Object.entries(headers as Record<string, string>).map(([name, text]) => [
    name.toLowerCase(),
    String(text),
  ]);
  const known: Record<string, string> = Object.fromEntries(lowered);
  if (body !== undefined && known['content-type'] === undefined) {
    throw malformed(
      `Request headers and body must be specified together: request ${id} has a body and no Content-Type.`,
    );
  }
  return { id, method: method.toUpperCase(), url, headers: known, body, dependsOn: dependsOn as string[] };
}

/** Carries out a batch: each request after those it depends on, and not at all when one of them failed (424). */
export function runBatch(items: readonly BatchItem[], run: (item: BatchItem) => BatchAnswer): BatchAnswer[] {
  const answers = new Map<string, BatchAnswer>();
  let waiting = [...items];
  while (waiting.length > 0) {
    const ready = waiting.filter((item) => item.dependsOn.every((id) => answers.has(id.toLowerCase())));
    if (ready.length === 0) throw malformed('Invalid batch payload format.');
    for (const item of ready) {
      const failed = item.dependsOn.some((id) => (answers.get(id.toLowerCase())?.status ?? 0) >= 400);
      answers.set(item.id.toLowerCase(), failed ? failedDependency(item.id) : run(item));
    }
    waiting = waiting.filter((item) => !answers.has(item.id.toLowerCase()));
  }
  return [...answers.values()];
}

function failedDependency(id: string): BatchAnswer {
  const error = { code: 'FailedDependency', message: 'A request this one depends on has failed.' };
  return { id, status: 424, headers: { 'Content-Type': 'application/json' }, body: { error } };
}
