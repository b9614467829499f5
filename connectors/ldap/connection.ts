import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import { Client } from 'ldapts';
import { ASSERTION } from './controls.js';
import { NoStartTlsError, resultCode } from './errors.js';
import type { LdapSettings } from './settings.js';

/** A bound connection that belongs to one caller at a time. */
export interface Connection {
  client: Client;
  url: string;
  /** Whether writes can be bound to one entry, whoever stands under its name by then (RFC 4528). */
  asserts: boolean;
  idleTimer?: NodeJS.Timeout;
}

/**
 * Connects to one server, over TLS from the start (`ldaps://`) or by StartTLS (RFC 4511 section 4.14), and signs in.
 * @throws NoStartTlsError, the error of the network or of TLS, or the directory's refusal as the client gives it
 */
export async function connectTo(url: string, settings: LdapSettings): Promise<Connection> {
  const { hostname, protocol } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const tls: ConnectionOptions = {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: true,
    ...(settings.ca && { ca: settings.ca }),
  };
  const client = new Client({
    url,
    connectTimeout: settings.connectTimeoutMs,
    timeout: settings.operationTimeoutMs,
    // With TLS options the client speaks TLS from the first byte, even to an ldap:// address.
    ...(protocol === 'ldaps:' && { tlsOptions: tls }),
  });
  try {
    // The certificate is checked against the name in the address.
    if (protocol === 'ldap:')
      await startTls(client, { ...tls, host, ...(!isIP(host) && { servername: host }) }, settings);
    await client.bind(settings.bindDn, settings.bindPassword);
    const root = await client.search('', { scope: 'base', attributes: ['supportedControl'] });
    const controls = [root.searchEntries[0]?.supportedControl ?? []].flat().map(String);
    return { client, url, asserts: controls.includes(ASSERTION) };
  } catch (error) {
    // The farewell may fail on a connection that is broken; it is closed in either case.
    client.unbind().catch(() => undefined);
    throw error;
  }
}

/** The client has no time limit of its own for the handshake. */
async function startTls(client: Client, options: ConnectionOptions, settings: LdapSettings): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const upgrade = client.startTLS(options).catch((error) => {
    throw resultCode(error) === undefined ? error : new NoStartTlsError('StartTLS was refused', { cause: error });
  });
  const late = new Promise<never>((_, reject) => {
    const limit = settings.connectTimeoutMs + settings.operationTimeoutMs;
    timer = setTimeout(() => reject(new Error('StartTLS timed out')), limit);
  });
  try {
    await Promise.race([upgrade, late]);
  } finally {
    clearTimeout(timer);
    upgrade.catch(() => undefined);
  }
}
