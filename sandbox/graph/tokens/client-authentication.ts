import { decodeJwt, decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import { type AppRegistration, findCertificate, hasSecret } from './app-registration.js';
import { TokenError } from './token-error.js';

/** Entra ID bears with clocks that are minutes apart; msal itself rounds the time up to whole seconds. */
const CLOCK_TOLERANCE_SECONDS = 300;
const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/**
 * Finds the app that asks for a token and checks its secret or certificate (client_secret_post, or private_key_jwt of
 * RFC 7523 with the certificate's thumbprint in the header, as Entra wants it).
 * @param audience the token endpoint, which an assertion must be made for
 */
export async function authenticateClient(
  form: URLSearchParams,
  app: AppRegistration,
  tenantName: string,
  audience: string,
): Promise<void> {
  requireClient(form, app, tenantName);
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion');
  if (assertion) {
    if (form.get('client_assertion_type') !== ASSERTION_TYPE) {
      throw new TokenError(400, 'invalid_request', 9002361, `The client_assertion_type must be '${ASSERTION_TYPE}'.`);
    }
    await checkAssertion(assertion, app, audience);
  } else if (secret) {
    if (hasSecret(app, secret)) return;
    throw new TokenError(
      401,
      'invalid_client',
      7000215,
      'Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the ' +
        `client secret ID, for a secret added to app '${app.clientId}'.`,
    );
  } else {
    throw new TokenError(
      401,
      'invalid_client',
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
}

/** Refuses client ids that the tenant does not know. */
export function requireClient(form: URLSearchParams, app: AppRegistration, tenantName: string): void {
  const clientId = form.get('client_id');
  if (!clientId) {
    throw new TokenError(
      400,
      'invalid_request',
      900144,
      "The request body must contain the following parameter: 'client_id'.",
    );
  }
  if (clientId.toLowerCase() === app.clientId.toLowerCase()) return;
  throw new TokenError(
    400,
    'unauthorized_client',
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenantName}'. This can happen if the ` +
      'application has not been installed by the administrator of the tenant or consented to by any user in the tenant. ' +
      'You may have sent your authentication request to the wrong tenant.',
  );
}

async function checkAssertion(assertion: string, app: AppRegistration, audience: string): Promise<void> {
  const claims = readClaims(assertion);
  const certificate = findCertificate(app, decodeProtectedHeader(assertion));
  if (!certificate) {
    throw new TokenError(
      401,
      'invalid_client',
      700027,
      'The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found.]',
    );
  }
  try {
    await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['RS256', 'PS256'],
      audience,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
  } catch (error) {
    throw assertionError(error, audience);
  }
  if (claims.iss !== app.clientId || claims.sub !== app.clientId) {
    throw new TokenError(
      401,
      'invalid_client',
      700021,
      'Client assertion application identifier does not match client_id parameter.',
    );
  }
}

function readClaims(assertion: string): JWTPayload {
  try {
    return decodeJwt(assertion);
  } catch {
    throw new TokenError(401, 'invalid_client', 50027, 'JWT token is invalid or malformed.');
  }
}

function assertionError(error: unknown, audience: string): TokenError {
  if (
    error instanceof errors.JWTExpired ||
    (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
  ) {
    return new TokenError(401, 'invalid_client', 700024, 'Client assertion is not within its valid time range.');
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return new TokenError(
      401,
      'invalid_client',
      700023,
      `Client assertion audience claim does not match Realm issuer. The expected audience is '${audience}'.`,
    );
  }
  return new TokenError(401, 'invalid_client', 700027, 'Client assertion failed signature validation.');
}
