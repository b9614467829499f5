import type { OpenAPIV3 } from 'openapi-types';
import type { RecordedExchange } from '../http/recorded-exchange.js';
import { type DescribedOperation, GraphDescription } from './graph-description.js';
import { SchemaCompiler } from './json-schema.js';

const BATCH = '/v1.0/$batch';
/** Statuses that say that the request itself was not right. */
const WRONG_REQUEST = [400, 405];
/** Continuation tokens: part of the links in answers, which the description calls pageable and leaves at that. */
const TOKENS = ['$skiptoken', '$deltatoken'];
/** A member or a deleted item is described as a `directoryObject`, but can be asked for what its own type has. */
const SELECTABLE = ['/users', '/groups'];

let compiler: SchemaCompiler | undefined;

/**
 * Holds an exchange against Microsoft's OpenAPI description of Graph v1.0: the operation exists, its query parameters
 * and their values are known, and both bodies are what the description says. A batch is taken apart. Of a request that
 * Graph refused as wrong, only the refusal is looked at.
 *
 * Laxer than Graph: the description knows nothing of which filters an index supports, of required properties, and of
 * read-only ones; it lists `$top` and `$search` for delta queries, which have neither. Stricter than Graph: see
 * `SchemaCompiler`, and the comments below.
 * @returns what is wrong, in sentences; empty when the exchange is as described
 */
export function checkExchange(exchange: RecordedExchange): string[] {
  return check(exchange, (found) => {
    const answer = checkAnswer(exchange, found.operation);
    return WRONG_REQUEST.includes(exchange.status) ? answer : [...requestProblems(exchange, found), ...answer];
  });
}

/** Holds the request of an exchange against the description, whatever Graph answered to it. For callers of Graph. */
export function checkRequest(exchange: RecordedExchange): string[] {
  return check(exchange, (found) => requestProblems(exchange, found), checkRequest);
}

type Found = DescribedOperation;

function check(
  exchange: RecordedExchange,
  problemsOf: (found: Found) => string[],
  checkPart: (part: RecordedExchange) => string[] = checkExchange,
): string[] {
  const [path = ''] = exchange.url.split('?');
  if (decodeURIComponent(path) === BATCH) return batchParts(exchange).flatMap(checkPart);
  const segments = path.split('/').slice(2).map(decodeURIComponent);
  const found = GraphDescription.load().find(exchange.method, segments);
  const name = `${exchange.method} ${path} (${exchange.status})`;
  if (found) return problemsOf(found).map((problem) => `${name}: ${problem}`);
  // What Graph refuses as unknown may well be unknown to the description.
  const refused = checkPart === checkExchange && WRONG_REQUEST.includes(exchange.status);
  return refused ? [] : [`${name}: the description has no such operation`];
}

function requestProblems(exchange: RecordedExchange, found: Found): string[] {
  return [...checkQuery(exchange.url.split('?')[1] ?? '', found), ...checkRequestBody(exchange, found.operation)];
}

/** The requests of a batch with their answers, but for those that were not tried. */
function batchParts(batch: RecordedExchange): RecordedExchange[] {
  const requests = (batch.requestBody as { requests?: BatchPart[] } | undefined)?.requests ?? [];
  const responses = (batch.responseBody as { responses?: BatchPart[] } | undefined)?.responses ?? [];
  return responses
    .filter((response) => response.status !== 424)
    .flatMap((response) => {
      const request = requests.find(({ id }) => id === response.id);
      if (!request) return [];
      return {
        method: request.method,
        url: `/v1.0/${request.url.replace(/^\//, '')}`,
        requestHeaders: request.headers ?? {},
        requestBody: request.body,
        status: response.status,
        responseHeaders: response.headers ?? {},
        responseBody: response.body,
        lost: batch.lost,
      };
    });
}

interface BatchPart {
  id: string;
  method: string;
  url: string;
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

function checkQuery(query: string, { path, operation }: DescribedOperation): string[] {
  const description = GraphDescription.load();
  const parameters = (operation.parameters ?? []).map((parameter) => description.resolve(parameter));
  const problems: string[] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    if (TOKENS.includes(name.toLowerCase())) continue;
    const parameter = parameters.find((known) => known.in === 'query' && known.name === name);
    if (!parameter?.schema) problems.push(`the query parameter ${name} is not described`);
    else problems.push(...checkParameter(name, value, description.resolve(parameter.schema), path));
  }
  return problems;
}

function checkParameter(name: string, value: string, schema: OpenAPIV3.SchemaObject, path: string): string[] {
  if (schema.type === 'boolean') return /^(true|false)$/.test(value) ? [] : [`${name} is no boolean: ${value}`];
  if (schema.type === 'integer') return /^\d+$/.test(value) ? [] : [`${name} is no integer: ${value}`];
  if (schema.type !== 'array') return [];
  const items = GraphDescription.load().resolve(schema.items) as OpenAPIV3.SchemaObject;
  const known = new Set<string>(items.enum);
  if (name === '$select' && isPolymorphic(path)) for (const other of selectable()) known.add(other);
  return split(value)
    .map((item) => item.replace(/\(.*\)$/, ''))
    .filter((item) => !known.has(item))
    .map((item) => `${name} names '${item}', which is not described`);
}

function isPolymorphic(path: string): boolean {
  return /members|memberOf|manager|directReports|deletedItems/.test(path);
}

function selectable(): string[] {
  const description = GraphDescription.load();
  return SELECTABLE.flatMap((path) => {
    const parameters = description.document.paths[path]?.get?.parameters ?? [];
    const select = parameters.map((parameter) => description.resolve(parameter)).find(({ name }) => name === '$select');
    const schema = select?.schema && description.resolve(select.schema);
    return schema?.type === 'array' ? ((description.resolve(schema.items).enum ?? []) as string[]) : [];
  });
}

/** Splits at commas that do not stand in parentheses. */
function split(list: string): string[] {
  return list.split(/,(?![^(]*\))/).map((item) => item.trim());
}

function checkRequestBody(exchange: RecordedExchange, operation: OpenAPIV3.OperationObject): string[] {
  const { requestBody: body } = exchange;
  const described = operation.requestBody && GraphDescription.load().resolve(operation.requestBody);
  if (!described) {
    // The body of a restore (`newUserPrincipalName`, `autoReconcileProxyConflict`) is documented and not described.
    const undescribed = body !== undefined && !operation.operationId?.endsWith('restore');
    return undescribed ? ['the request has a body, and none is described'] : [];
  }
  if (body === undefined) return described.required ? ['the request lacks its body'] : [];
  const schema = described.content['application/json']?.schema;
  return schema
    ? schemas()
        .check(schema, body)
        .map((problem) => `request: ${problem}`)
    : [];
}

function checkAnswer(exchange: RecordedExchange, operation: OpenAPIV3.OperationObject): string[] {
  const { status, responseBody: body } = exchange;
  const described = operation.responses[String(status)] ?? operation.responses[`${Math.floor(status / 100)}XX`];
  if (!described) return ['the status is not described'];
  const content = GraphDescription.load().resolve(described).content ?? {};
  if (body === undefined) {
    // Updates are described with the entity as their answer; they answer 204 unless `Prefer` asks for more.
    return status === 204 || Object.keys(content).length === 0 ? [] : ['the answer lacks its body'];
  }
  const type = (exchange.responseHeaders['Content-Type'] ?? 'application/json').split(';')[0] ?? '';
  const schema = content[type]?.schema;
  if (!schema) return [`an answer of type ${type} is not described`];
  // A count is described as an integer and sent as text; a reference is described as text and sent as an object.
  if (type === 'text/plain') return /^\d+$/.test(String(body)) ? [] : ['the count is no number'];
  if (operation.operationId?.includes('GetRef')) return [];
  return schemas()
    .check(schema, status >= 400 ? asDescribed(body) : body)
    .map((problem) => `answer: ${problem}`);
}

/**
 * The description spells the inner error `innererror`, with a `Date` that has an offset, and lets it have nothing
 * else. Graph sends `innerError` with a `date` that has none, and further codes.
 */
function asDescribed(body: unknown): unknown {
  const error = (body as { error?: Record<string, unknown> }).error ?? {};
  const { innerError, ...rest } = error;
  const {
    date,
    code: _code,
    message: _message,
    status: _status,
    ...ids
  } = (innerError ?? {}) as Record<string, unknown>;
  return { ...(body as object), error: { ...rest, innererror: { ...ids, Date: `${String(date)}Z` } } };
}

function schemas(): SchemaCompiler {
  compiler ??= new SchemaCompiler(GraphDescription.load());
  return compiler;
}
