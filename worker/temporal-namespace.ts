import { setTimeout as wait } from 'node:timers/promises';
import { type Connection, isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { SEARCH_ATTRIBUTE_TYPES } from '../contracts/search-attributes.js';

/** The kinds of search attribute, by the names of Temporal's own command line. */
export type SearchAttributeKind = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** gRPC status codes (https://grpc.io/docs/guides/status-codes/). */
const INVALID_ARGUMENT = 3;
const NOT_FOUND = 5;
const ALREADY_EXISTS = 6;
const PERMISSION_DENIED = 7;
const UNIMPLEMENTED = 12;

/** How long closed runs of a namespace are kept that Tenure makes by itself. */
const RETENTION_DAYS = 30;
const DAY_MS = 86_400_000;
/** A server with an SQL database reads new namespaces and search attributes within ten seconds, or a little more. */
const USABLE_WITHIN_MS = 60_000;

const { IndexedValueType } = temporal.api.enums.v1;
const NUMBERS: Record<SearchAttributeKind, number> = {
  Text: IndexedValueType.INDEXED_VALUE_TYPE_TEXT,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Int: IndexedValueType.INDEXED_VALUE_TYPE_INT,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
  Bool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Datetime: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
};

/**
 * Makes a Temporal of the operator's own ready: the namespace and Tenure's search attributes, where they are missing.
 * Changes nothing that is there; may run any number of times, and several at once.
 * @returns what it made, in words; empty when all was there
 * @throws Error with one sentence: not allowed, or an attribute of that name and another kind is there
 */
export async function prepareNamespace(connection: Connection, namespace: string): Promise<string[]> {
  const made = (await registerNamespace(connection, namespace)) ? [`namespace ${namespace}`] : [];
  const added = await untilFound(() => addSearchAttributes(connection, namespace, SEARCH_ATTRIBUTE_TYPES));
  await untilSearchable(connection, namespace);
  return [...made, ...added.map((name) => `search attribute ${name}`)];
}

/**
 * Registers search attributes that the namespace lacks.
 * @returns their names
 * @throws Error with one sentence: not allowed, or one of that name and another kind is there
 */
export async function addSearchAttributes(
  connection: Connection,
  namespace: string,
  wanted: Record<string, SearchAttributeKind>,
): Promise<string[]> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  for (const [name, kind] of Object.entries(wanted)) {
    const there = customAttributes[name];
    if (there !== undefined && there !== NUMBERS[kind]) {
      throw new Error(`The search attribute ${name} of the namespace ${namespace} is no ${kind}: remove or rename it.`);
    }
  }
  const missing = Object.entries(wanted).filter(([name]) => !(name in customAttributes));
  if (missing.length === 0) return [];
  const searchAttributes = Object.fromEntries(missing.map(([name, kind]) => [name, NUMBERS[kind]]));
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  } catch (error) {
    if (!hasCode(error, PERMISSION_DENIED, UNIMPLEMENTED)) throw error;
    const list = missing.map(([name, kind]) => `${name} (${kind})`).join(', ');
    throw new Error(`Temporal does not let Tenure add search attributes: add ${list} to ${namespace} yourself.`);
  }
  return missing.map(([name]) => name);
}

async function registerNamespace({ workflowService }: Connection, namespace: string): Promise<boolean> {
  try {
    await workflowService.describeNamespace({ namespace });
    return false;
  } catch (error) {
    if (!hasCode(error, NOT_FOUND)) throw error;
  }
  try {
    const workflowExecutionRetentionPeriod = msToTs(RETENTION_DAYS * DAY_MS);
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod });
    return true;
  } catch (error) {
    if (hasCode(error, ALREADY_EXISTS)) return false;
    if (!hasCode(error, PERMISSION_DENIED, UNIMPLEMENTED)) throw error;
    throw new Error(
      `There is no namespace ${namespace}, and Tenure may not make it: make it, or set TEMPORAL_NAMESPACE.`,
    );
  }
}

/** The server tells that a new attribute is there before all of it knows; a query is refused until then. */
async function untilSearchable({ workflowService }: Connection, namespace: string): Promise<void> {
  const names = Object.keys(SEARCH_ATTRIBUTE_TYPES);
  const query = names.map((name) => `${name} = 'nobody'`).join(' AND ');
  await retrying(() => workflowService.countWorkflowExecutions({ namespace, query }), INVALID_ARGUMENT, NOT_FOUND);
}

/** A namespace that was made just now is not known everywhere at once. */
function untilFound<T>(act: () => Promise<T>): Promise<T> {
  return retrying(act, NOT_FOUND);
}

async function retrying<T>(act: () => Promise<T>, ...codes: number[]): Promise<T> {
  for (const deadline = Date.now() + USABLE_WITHIN_MS; ; ) {
    try {
      return await act();
    } catch (error) {
      if (!hasCode(error, ...codes) || Date.now() > deadline) throw error;
      await wait(250);
    }
  }
}

function hasCode(error: unknown, ...codes: number[]): boolean {
  return isGrpcServiceError(error) && codes.includes(error.code);
}
