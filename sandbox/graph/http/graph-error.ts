/** One entry of `error.details` in a Graph error (the OData error object's `details`). */
export interface GraphErrorDetail {
  code: string;
  message: string;
  target?: string;
}

/**
 * A refusal in Graph's words. The body is made where the answer is sent, because it carries the request's ids.
 * Shape: https://learn.microsoft.com/graph/errors
 */
export class GraphError extends Error {
  override readonly name = 'GraphError';

  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly extra: {
      details?: GraphErrorDetail[];
      headers?: Record<string, string>;
      /** Members that some refusals have in `innerError` besides the date and the ids. */
      innerError?: Record<string, string>;
    } = {},
  ) {
    super(message);
  }
}

/** A request that the directory service itself refuses. */
export function badRequest(message: string, details?: GraphErrorDetail[]): GraphError {
  return new GraphError(400, 'Request_BadRequest', message, details ? { details } : {});
}

/** A request that does not get past Graph's own reading of it: URL, OData options, JSON. */
export function malformed(message: string): GraphError {
  return new GraphError(400, 'BadRequest', message);
}

/** A query that the directory's index does not support. */
export function unsupportedQuery(message: string): GraphError {
  return new GraphError(400, 'Request_UnsupportedQuery', message);
}

/** An object that is not there, or not yet there. Graph names whatever identifier stood in the request. */
export function resourceNotFound(identifier: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${identifier}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

/** The app lacks an application permission. */
export function requestDenied(): GraphError {
  return new GraphError(403, 'Authorization_RequestDenied', 'Insufficient privileges to complete the operation.');
}

/** The bearer token is missing, malformed, forged or expired. */
export function invalidToken(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', message, {
    headers: { 'WWW-Authenticate': 'Bearer realm="", error="invalid_token"' },
  });
}

/** A value the directory does not take for a property. */
export function invalidValue(property: string, resource: 'User' | 'Group', code = 'InvalidValue'): GraphError {
  const message = `Invalid value specified for property '${property}' of resource '${resource}'.`;
  return badRequest(message, [{ code, message, target: property }]);
}

/** A property that must have a value and was given none. */
export function valueRequired(property: string, resource: 'User' | 'Group'): GraphError {
  return badRequest(`A value is required for property '${property}' of resource '${resource}'.`);
}

/** A value that must be unique and belongs to another object, whose id Graph tells. */
export function objectConflict(property: string, otherId: string): GraphError {
  const message = `Another object with the same value for property ${property} already exists.`;
  return badRequest(message, [
    { code: 'ObjectConflict', message, target: property },
    { code: 'ConflictingObjects', message, target: otherId },
  ]);
}

/** A change to what Active Directory owns, made in the cloud. */
export function onPremisesMastered(): GraphError {
  return badRequest(
    'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
  );
}
