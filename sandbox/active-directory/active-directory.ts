import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { createServerCertificate } from '../certificates.js';
import { serveConnection } from './connection.js';
import { DirectoryStore } from './directory/directory-store.js';
import { formatDn, parseDn } from './directory/distinguished-name.js';
import type { Domain } from './directory/domain.js';
import { createDomainSid, sidToText } from './directory/identifiers.js';
import { StateFile } from './directory/state-file.js';
import { createDomain, DEFAULT_SEED, groupsHome, plant, type Seed } from './seed.js';

/** How to start the stand-in. Everything has a default. */
export interface ActiveDirectoryOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** The address to listen on, 127.0.0.1 by default. */
  host?: string;
  /** The domain's root, DC=demo,DC=tenure,DC=example by default. */
  baseDn?: string;
  /** The suffix of user principal names; by default the domain's DNS name. */
  domain?: string;
  /** Administrator's password for a new directory; made up when absent. It must satisfy the password policy. */
  adminPassword?: string;
  /** A file that keeps the directory over restarts. Without it everything is forgotten. */
  statePath?: string;
  seed?: Seed;
  /** Hears of faults of the stand-in itself; prints them by default. */
  onUnexpected?: (error: unknown) => void;
}

/** A running stand-in. */
export interface ActiveDirectory {
  /** ldaps://address:port */
  url: string;
  port: number;
  /** The PEM certificate to trust. */
  ca: string;
  host: string;
  baseDn: string;
  /** The DNS name of the domain in capitals. */
  realm: string;
  /** The NetBIOS name, before the backslash in DOMAIN\\account. */
  domain: string;
  /** What comes after the @ of user principal names. */
  upnSuffix: string;
  adminDn: string;
  adminUpn: string;
  adminPassword: string;
  /** DNs of the seed's organizational units, by name. */
  organizationalUnits: Record<string, string>;
  /** DNs of the seed's groups, by name. */
  groups: Record<string, string>;
  /** Cuts every connection and refuses new ones, or ends that. What the directory holds stays. */
  outage(on: boolean): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an LDAPS server that answers as Active Directory does, as far as an identity product's connector uses it.
 * It listens with TLS only.
 * @throws Error when the port is taken, or the state file cannot be read or belongs to another domain
 */
export async function startActiveDirectory(options: ActiveDirectoryOptions = {}): Promise<ActiveDirectory> {
  const { host = '127.0.0.1', seed = DEFAULT_SEED } = options;
  const baseDn = formatDn(parseDn(options.baseDn ?? 'DC=demo,DC=tenure,DC=example'));
  const stateFile = options.statePath === undefined ? undefined : new StateFile(options.statePath);
  const saved = stateFile?.read();
  if (saved?.identity && saved.identity.baseDn !== baseDn) {
    throw new Error(
      `The state file ${options.statePath} holds the domain ${saved.identity.baseDn}, not ${baseDn}. ` +
        'Give another file, or delete it to start anew.',
    );
  }
  const identity = saved?.identity ?? {
    baseDn,
    certificate: await createServerCertificate(['localhost', '127.0.0.1', '::1', host]),
    adminPassword: options.adminPassword ?? `Ad1-${randomBytes(12).toString('hex')}`,
  };
  const { certificate, adminPassword } = identity;

  const store = new DirectoryStore(baseDn, (record) => stateFile?.append(record));
  for (const record of saved?.records ?? []) store.apply(record);
  const domain = describeDomain(store, baseDn);
  if (store.isEmpty) createDomain(domain, adminPassword);
  plant(domain, seed);
  stateFile?.open(identity, store);

  const sockets = new Set<TLSSocket>();
  const report = options.onUnexpected ?? ((error) => console.error('The Active Directory stand-in failed:', error));
  const server = createServer({ cert: certificate.cert, key: certificate.key }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serveConnection(domain, socket, report);
  });
  const port = await listen(server, host, options.port ?? 0);

  const cut = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    if (closed) server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  const below = (name: string): string => `${name},${baseDn}`;
  const home = groupsHome(seed);
  return {
    url: `ldaps://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    ca: certificate.cert,
    host,
    baseDn,
    realm: domain.dnsName.toUpperCase(),
    domain: domain.netbiosName,
    upnSuffix: options.domain ?? domain.dnsName,
    adminDn: below('CN=Administrator,CN=Users'),
    adminUpn: `administrator@${domain.dnsName}`,
    adminPassword,
    organizationalUnits: Object.fromEntries(
      seed.organizationalUnits.map((name) => [name, below(formatDn([{ type: 'OU', value: name }]))]),
    ),
    groups: Object.fromEntries(seed.groups.map((name) => [name, below(formatDn([{ type: 'CN', value: name }, home]))])),
    outage: async (on) => {
      if (on) await cut();
      else if (!server.listening) await listen(server, host, port);
    },
    stop: async () => {
      await cut();
      stateFile?.close();
    },
  };
}

function describeDomain(store: DirectoryStore, baseDn: string): Domain {
  const names = store.base.map(({ value }) => value.toLowerCase());
  const sid = store.isEmpty ? undefined : store.root.attributes.get('objectsid')?.[0];
  return {
    store,
    baseDn,
    dnsName: names.join('.'),
    netbiosName: (names[0] ?? '').toUpperCase().slice(0, 15),
    sid: Buffer.isBuffer(sid) ? sidToText(sid) : createDomainSid(),
    maxPageSize: 1000,
    maxValRange: 1500,
  };
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`Port ${port} on ${host} is taken. Stop what uses it, or give the directory another port.`);
  }
  return (server.address() as AddressInfo).port;
}
