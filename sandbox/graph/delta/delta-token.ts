import type { GraphState } from '../http/graph-call.js';
import { GraphError } from '../http/graph-error.js';
import type { GraphRequest } from '../http/graph-request.js';
import { encodeToken } from '../odata/page.js';

/** What a delta or skip token stands for; callers see it as opaque text. */
export interface DeltaPosition {
  /** Tokens of another generation have expired. */
  generation: number;
  /** Changes after this directory version are wanted; 0 wants everything there is. */
  from: number;
  /** The directory version at which the round began; the next round starts there. */
  to: number;
  /** `$select`, empty when it was not given. */
  select: string[];
  /** Ids that the round is limited to. */
  ids?: string[];
  /** Where the last page ended: among the objects that exist, or among those that are gone. */
  after?: { phase: 'present' | 'gone'; sequence: number };
}

/** Reads a token. Throws when it is not one of the sandbox's, or has expired. */
export function readDeltaToken(token: string, request: GraphRequest, state: GraphState): DeltaPosition {
  const position = decode(token);
  if (position.generation !== state.deltaGeneration) throw expired(request, state);
  return position;
}

/** The URL that goes on with a round, or starts the next one. */
export function deltaLink(request: GraphRequest, name: 'skiptoken' | 'deltatoken', position: DeltaPosition): string {
  return `${request.origin}/v1.0/${request.segments[0]}/delta?$${name}=${encodeToken(position)}`;
}

function decode(token: string): DeltaPosition {
  try {
    const position = JSON.parse(Buffer.from(token, 'base64url').toString()) as DeltaPosition;
    if (typeof position.generation === 'number' && typeof position.from === 'number') return position;
  } catch {
    // Falls through to the refusal.
  }
  throw new GraphError(400, 'Request_BadRequest', 'Badly formed token.');
}

/**
 * Expired after seven days, or by a reset of the service: 410 with the URL of a full synchronisation in `Location`
 * ("Use delta query to track changes", synchronization reset), or 400 as the notice on token lifetimes has it.
 */
function expired(request: GraphRequest, state: GraphState): GraphError {
  const headers = { Location: `${request.origin}/v1.0/${request.segments[0]}/delta?$deltatoken=` };
  return new GraphError(
    state.expiredDeltaStatus,
    'syncStateNotFound',
    'The sync state generation is not found. The delta token is expired and data must be synchronized again.',
    state.expiredDeltaStatus === 410 ? { headers, innerError: { code: 'resyncRequired' } } : {},
  );
}
