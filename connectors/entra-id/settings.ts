import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { ConnectorError } from '../contract/connector-error.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';

const httpsUrl = z
  .url({ protocol: /^https$/, error: 'must be an https:// address' })
  .transform((url) => url.replace(/\/+$/, ''));

/**
 * The settings of an Entra ID directory. National clouds have their own two addresses
 * (https://learn.microsoft.com/graph/deployments): set `authorityUrl` and `graphUrl` together.
 */
export const entraIdSettings = z.strictObject({
  /** Directory (tenant) id, or one of the tenant's domains. */
  tenantId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9.-]*$/, 'must be the tenant id (a GUID) or a domain of the tenant'),
  /** Application (client) id of the app registration. */
  clientId: z.guid('must be the application (client) id, a GUID'),
  authorityUrl: httpsUrl.default('https://login.microsoftonline.com'),
  graphUrl: httpsUrl.default('https://graph.microsoft.com'),
  /** Further host names that may be sent the token; the host of `graphUrl` always may. */
  customHosts: z.array(z.string().regex(/^[^/:]+$/, 'must be host names, without scheme and port')).default([]),
  /** What the token is asked for; `<graphUrl>/.default` for Microsoft's own clouds. */
  scope: z.string().optional(),
  /** A PEM certificate (or several) trusted besides the public authorities. */
  ca: z.string().includes('-----BEGIN CERTIFICATE-----', { error: 'must be a PEM certificate' }).optional(),
  /** A verified domain of the tenant; completes user principal names that have none. */
  domain: z
    .string()
    .regex(/^[A-Za-z0-9.-]+$/, 'must be a domain name')
    .optional(),
  /** Entra Connect brings the accounts from Active Directory; Tenure waits for them and creates none. */
  hybrid: z.boolean().default(false),
  /** Milliseconds from sending a request to the last byte of its answer. */
  requestTimeoutMs: z.number().int().min(100).max(300_000).default(30_000),
  /** Connections kept open at most; further requests wait for a free one. */
  maxConnections: z.number().int().min(1).max(256).default(16),
});
export type EntraIdSettings = z.output<typeof entraIdSettings>;

/** How the app proves who it is: a client secret, or a certificate with its RSA key. */
export type AppCredential =
  | { kind: 'secret'; clientSecret: string }
  | { kind: 'certificate'; certificate: X509Certificate; certificatePem: string; privateKeyPem: string };

/**
 * Checks what the administrator wrote. Does not connect.
 * @throws ConnectorError `misconfigured`, naming every setting that is wrong
 */
export function readConfiguration(configuration: DirectoryConfiguration): {
  settings: EntraIdSettings;
  credential: AppCredential;
} {
  const parsed = entraIdSettings.safeParse(configuration.settings);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'settings'}: ${issue.message}`);
    throw misconfigured(configuration, `Correct these settings: ${faults.join('; ')}.`);
  }
  return { settings: parsed.data, credential: readCredential(configuration) };
}

function readCredential(configuration: DirectoryConfiguration): AppCredential {
  const { clientSecret, certificate, privateKey } = configuration.secrets;
  if (clientSecret && (certificate || privateKey)) {
    throw misconfigured(configuration, 'Give either the secret clientSecret or certificate with privateKey, not both.');
  }
  if (clientSecret) return { kind: 'secret', clientSecret };
  if (!certificate || !privateKey) {
    throw misconfigured(
      configuration,
      'Give the secret clientSecret, or the secrets certificate and privateKey (PEM).',
    );
  }
  const [x509, key] = [readPem(configuration, 'certificate', certificate), privateKeyOf(configuration, privateKey)];
  if (key.asymmetricKeyType !== 'rsa') {
    throw misconfigured(configuration, 'The secret privateKey must be an RSA key: Entra ID takes no other.');
  }
  if (!x509.checkPrivateKey(key)) {
    throw misconfigured(configuration, 'The secret privateKey does not belong to the certificate.');
  }
  const privateKeyPem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { kind: 'certificate', certificate: x509, certificatePem: certificate, privateKeyPem };
}

function readPem(configuration: DirectoryConfiguration, name: string, pem: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw misconfigured(configuration, `The secret ${name} is not a PEM certificate.`);
  }
}

function privateKeyOf(configuration: DirectoryConfiguration, pem: string) {
  try {
    return createPrivateKey(pem);
  } catch {
    throw misconfigured(configuration, 'The secret privateKey is not an unencrypted PEM private key.');
  }
}

function misconfigured(configuration: DirectoryConfiguration, what: string): ConnectorError {
  return new ConnectorError('misconfigured', `Directory ${configuration.name} (Entra ID): ${what}`);
}
