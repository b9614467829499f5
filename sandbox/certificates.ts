import { isIP } from 'node:net';
import { generate, type SubjectAltNameEntry } from 'selfsigned';

/** A TLS server certificate with its private key, both as PEM. */
export interface ServerCertificate {
  /** The certificate. It signs itself, so clients trust it by taking it as their CA. */
  cert: string;
  key: string;
}

/**
 * Makes a self-signed certificate for a stand-in on this machine (ECDSA P-256, valid for ten years from yesterday).
 * Hand `cert` to clients as their CA.
 * @param names DNS names and IP addresses the server is reached by
 */
export async function createServerCertificate(
  names: readonly string[] = ['localhost', '127.0.0.1', '::1'],
): Promise<ServerCertificate> {
  const altNames = names.map(
    (name): SubjectAltNameEntry => (isIP(name) ? { type: 7, ip: name } : { type: 2, value: name }),
  );
  const day = 24 * 60 * 60 * 1000;
  const made = await generate([{ name: 'commonName', value: names[0] ?? 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + 3650 * day),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { cert: made.cert, key: made.private };
}
