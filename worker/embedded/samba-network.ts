import { randomInt } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generate } from 'selfsigned';
import { isPortFree } from './free-port.js';

/** The port of LDAP over TLS. */
export const LDAPS_PORT = 636;

/** LDAP, LDAPS and the global catalogue, for which Samba has no setting: each server needs an address of its own. */
const PORTS = [389, LDAPS_PORT, 3268, 3269];

/** An address of 127.0.0.0/8 on which nothing listens. */
export async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt++) {
    const host = `127.${randomInt(32, 224)}.${randomInt(256)}.${randomInt(1, 255)}`;
    if (await isAddressFree(host)) return host;
  }
  throw new Error('No loopback address has its LDAP ports free: Samba needs 389, 636, 3268 and 3269 on one.');
}

/** @throws Error with one sentence when something listens on the LDAP ports of the address */
export async function requireAddress(host: string, folder: string): Promise<void> {
  if (await isAddressFree(host)) return;
  throw new Error(
    `Another program listens on the LDAP ports of ${host}, the address of the domain in ${folder}: stop it.`,
  );
}

async function isAddressFree(host: string): Promise<boolean> {
  return (await Promise.all(PORTS.map((port) => isPortFree(port, host)))).every(Boolean);
}

/**
 * The PEM of the authority that signed the server's certificate. Both are made once (key.pem, cert.pem, ca.pem), valid
 * for ten years; the authority's key is thrown away, so that nobody can sign more with it.
 */
export async function certificateAuthority(folder: string, host: string): Promise<string> {
  const file = join(folder, 'ca.pem');
  const made = await readFile(file, 'utf8').catch(() => undefined);
  if (made) return made;

  const day = 86_400_000;
  const validity = { notBeforeDate: new Date(Date.now() - day), notAfterDate: new Date(Date.now() + 3650 * day) };
  const kind = { ...validity, keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
  const authority = await generate([{ name: 'commonName', value: 'Tenure embedded directory CA' }], {
    ...kind,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: host }], {
    ...kind,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: host }] },
    ],
  });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, 'key.pem'), server.private, { mode: 0o600 });
  await writeFile(join(folder, 'cert.pem'), server.cert);
  await writeFile(file, authority.cert);
  return authority.cert;
}

/** Completes one TLS handshake with the server as a client that trusts only that authority. */
export async function handshake(host: string, ca: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host, port: LDAPS_PORT, ca }, () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}

/** Samba binds UNIX sockets in its folders, whose paths may have 107 bytes (unix(7)); this leaves room for them. */
const LONGEST_FOLDER = 60;

/** The folder itself, or a link to it from the temporary folder where its path is too long for Samba. */
export async function shortPath(folder: string): Promise<{ path: string; remove(): void }> {
  if (Buffer.byteLength(folder) <= LONGEST_FOLDER) return { path: folder, remove: () => undefined };
  const own = await mkdtemp(join(tmpdir(), 'tenure-ad-'));
  const path = join(own, 'd');
  await symlink(folder, path);
  return { path, remove: () => rmSync(own, { recursive: true, force: true }) };
}
