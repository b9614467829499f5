import { join } from 'node:path';
import { ControlServer } from './control/control-server.js';
import { Directory } from './directory/directory.js';
import { Journal } from './directory/journal.js';
import { Faults } from './faults/faults.js';
import { ReplicationLag } from './faults/replication-lag.js';
import { FrontDoor } from './http/front-door.js';
import type { GraphState } from './http/graph-call.js';
import { GraphService } from './http/graph-service.js';
import { Listener } from './http/listener.js';
import type { RecordedExchange } from './http/recorded-exchange.js';
import { loadIdentity } from './tenant/sandbox-identity.js';
import { describeTenant } from './tenant/tenant.js';
import { TenantAdmin } from './tenant/tenant-admin.js';
import type { AppRegistration } from './tokens/app-registration.js';
import { DEFAULT_GRANTS } from './tokens/permissions.js';
import { TokenAuthority } from './tokens/token-authority.js';
import { TokenEndpoint } from './tokens/token-endpoint.js';

/** How a sandbox is to be; everything has a default. */
export interface GraphSandboxOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Where to listen; this machine only by default. */
  host?: string;
  /** Starts the control server on that port (0: a free one). Without it, there is none. */
  controlPort?: number;
  tenantId?: string;
  tenantName?: string;
  /** Verified domains; the first is the default one. An `onmicrosoft.com` domain is always there. */
  domains?: string[];
  clientId?: string;
  clientSecret?: string;
  /** Certificates that the app may sign assertions with, PEM. */
  clientCertificates?: string[];
  /** Application permissions of the app. */
  permissions?: readonly string[];
  /** A folder to keep the tenant in, so that it is the same after a restart. In memory when absent. */
  statePath?: string;
  /** Security groups that are there from the start, by display name. */
  groups?: string[];
  /** How long access tokens are valid, in seconds. */
  tokenLifetimeSeconds?: number;
  /** Objects in a page of a delta answer. */
  deltaPageSize?: number;
  /** For everything that is left to chance. */
  seed?: number;
  /** Keep every exchange with Graph in `exchanges`. */
  record?: boolean;
}

/** A running stand-in for Microsoft Graph v1.0 and the token service of Microsoft Entra ID. */
export interface GraphSandbox {
  /** `https://127.0.0.1:PORT`: Graph is at `/v1.0`, and the authority at `/{tenantId}`. */
  readonly baseUrl: string;
  /** Where the control server listens, if there is one. */
  readonly controlUrl?: string;
  readonly tokenUrl: string;
  /** PEM of the certificate to trust. */
  readonly ca: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly faults: Faults;
  readonly admin: TenantAdmin;
  /** Exchanges with Graph in the order in which their answers were made. Empty unless recording. */
  readonly exchanges: RecordedExchange[];
  stop(): Promise<void>;
}

const DEFAULT_DOMAIN = 'tenure.example';
const DEFAULT_TOKEN_LIFETIME_SECONDS = 3599;
const DEFAULT_DELTA_PAGE_SIZE = 100;

/** Starts a sandbox. Rejects when a port is taken or the state folder cannot be used. */
export async function startGraphSandbox(options: GraphSandboxOptions = {}): Promise<GraphSandbox> {
  const { statePath, host = '127.0.0.1' } = options;
  const identity = await loadIdentity(statePath, host);
  const journal = statePath === undefined ? undefined : new Journal(join(statePath, 'directory.jsonl'));
  const directory = new Directory(journal);
  const { tenantId = identity.tenantId, tenantName = 'Tenure Sandbox', domains = [DEFAULT_DOMAIN] } = options;
  const tenant = describeTenant(tenantId, tenantName, domains);
  const app: AppRegistration = {
    clientId: options.clientId ?? identity.clientId,
    displayName: 'Tenure',
    secrets: [options.clientSecret ?? identity.clientSecret],
    certificates: [...(options.clientCertificates ?? [])],
    permissions: [...(options.permissions ?? DEFAULT_GRANTS)],
  };
  const authority = new TokenAuthority(
    tenant.id,
    identity.signingKey,
    options.tokenLifetimeSeconds ?? DEFAULT_TOKEN_LIFETIME_SECONDS,
  );
  const replication = new ReplicationLag(() => faults.settings.replication);
  const faults: Faults = new Faults(options.seed ?? 1, async (settings) => {
    if (settings.replication === undefined) replication.clear();
    await (settings.outage === 'refuse' ? listener.close() : listener.open());
  });
  const state: GraphState = {
    tenant,
    directory,
    replication,
    deltaPageSize: options.deltaPageSize ?? DEFAULT_DELTA_PAGE_SIZE,
    deltaGeneration: 0,
    expiredDeltaStatus: 410,
  };
  const exchanges: RecordedExchange[] = [];
  const frontDoor = new FrontDoor({
    faults,
    authority,
    tokens: new TokenEndpoint(tenant, app, authority, directory),
    graph: new GraphService(state, (method, path) => faults.throttle(method, path)),
    record: (exchange) => {
      if (options.record) exchanges.push(exchange);
    },
  });
  const listener = new Listener(identity.certificate, host, options.port ?? 0, (request, response) => {
    frontDoor.handle(request, response).catch((error: unknown) => {
      // A broken sandbox must not look like a broken Graph; a caller who hung up broke nothing.
      if ((error as NodeJS.ErrnoException).code !== 'ECONNRESET')
        console.error('graph sandbox: %s', error instanceof Error ? error.stack : error);
      response.destroy();
    });
  });
  const admin = new TenantAdmin(state, app, authority);
  for (const name of options.groups ?? []) admin.createGroup(name);
  await listener.open();

  const baseUrl = `https://${host}:${listener.port}`;
  const describe = () => ({ baseUrl, tenantId: tenant.id, clientId: app.clientId });
  const control =
    options.controlPort === undefined
      ? undefined
      : await ControlServer.start({ faults, admin, describe }, options.controlPort);
  return {
    baseUrl,
    ...(control && { controlUrl: control.url }),
    tokenUrl: `${baseUrl}/${tenant.id}/oauth2/v2.0/token`,
    ca: identity.certificate.cert,
    tenantId: tenant.id,
    clientId: app.clientId,
    clientSecret: app.secrets[0] ?? '',
    faults,
    admin,
    exchanges,
    stop: async () => {
      await Promise.all([control?.stop(), listener.close()]);
      journal?.close();
    },
  };
}
