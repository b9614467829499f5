import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServerCertificate, type ServerCertificate } from '../../certificates.js';
import { createSigningKey } from '../tokens/token-authority.js';

/** What makes a sandbox the same one after a restart: its keys, and the names its callers know it by. */
export interface SandboxIdentity {
  tenantId: string;
  clientId: string;
  clientSecret: string;
  certificate: ServerCertificate;
  /** PEM. */
  signingKey: string;
}

/** Reads the identity of a state folder, or makes one and, where there is a folder, keeps it there. */
export async function loadIdentity(statePath: string | undefined, host: string): Promise<SandboxIdentity> {
  const file = statePath === undefined ? undefined : join(statePath, 'identity.json');
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as SandboxIdentity;
  const names = new Set(['localhost', '127.0.0.1', '::1', host]);
  const [certificate, signingKey] = await Promise.all([createServerCertificate([...names]), createSigningKey()]);
  const identity: SandboxIdentity = {
    tenantId: randomUUID(),
    clientId: randomUUID(),
    clientSecret: randomBytes(30).toString('base64url'),
    certificate,
    signingKey,
  };
  if (statePath !== undefined && file !== undefined) {
    mkdirSync(statePath, { recursive: true, mode: 0o700 });
    writeFileSync(file, JSON.stringify(identity, null, 2), { mode: 0o600 });
  }
  return identity;
}
