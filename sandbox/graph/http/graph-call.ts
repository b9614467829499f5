import type { Directory } from '../directory/directory.js';
import type { ReplicationLag } from '../faults/replication-lag.js';
import type { Tenant } from '../tenant/tenant.js';
import type { GraphReply, GraphRequest } from './graph-request.js';

/** What the handlers work on. */
export interface GraphState {
  tenant: Tenant;
  directory: Directory;
  replication: ReplicationLag;
  /** Objects in a page of a delta answer. */
  deltaPageSize: number;
  /** Delta tokens of another generation have expired. */
  deltaGeneration: number;
  /** How the directory tells of an expired delta token: 410 as the delta overview has it, or the 400 it is known for. */
  expiredDeltaStatus: 400 | 410;
}

/** One authenticated request on its way to its handler. */
export interface GraphCall {
  request: GraphRequest;
  /** Values of the placeholders in the route's path. */
  params: Record<string, string>;
  /** The app's permissions, from its token. */
  roles: ReadonlySet<string>;
  state: GraphState;
}

/** One operation of the API. */
export interface Route {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Segments after `/v1.0/`, placeholders in braces. */
  path: string;
  /** See `PERMISSIONS`. */
  anyOf: readonly string[];
  handle(call: GraphCall): GraphReply;
}
