import { timingSafeEqual, X509Certificate } from 'node:crypto';

/** An app as the tenant's administrator registered it and consented to its permissions. */
export interface AppRegistration {
  clientId: string;
  displayName: string;
  secrets: string[];
  /** Certificates for client assertions, PEM. */
  certificates: string[];
  /** Application permissions granted; a change shows in tokens issued afterwards. */
  permissions: string[];
}

/** Says whether this is one of the app's secrets. */
export function hasSecret(app: AppRegistration, secret: string): boolean {
  const given = Buffer.from(secret);
  return app.secrets.some((known) => {
    const expected = Buffer.from(known);
    return expected.length === given.length && timingSafeEqual(expected, given);
  });
}

/** The app's certificate with that thumbprint (`x5t`: SHA-1, `x5t#S256`: SHA-256, base64url; RFC 7515, 4.1.7). */
export function findCertificate(
  app: AppRegistration,
  header: { x5t?: string; 'x5t#S256'?: string },
): X509Certificate | undefined {
  return app.certificates
    .map((pem) => new X509Certificate(pem))
    .find((certificate) => {
      const sha1 = thumbprint(certificate.fingerprint);
      const sha256 = thumbprint(certificate.fingerprint256);
      return header['x5t#S256'] === sha256 || header.x5t === sha1;
    });
}

function thumbprint(fingerprint: string): string {
  return Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
}
