import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { FaultSettings } from '../faults/fault-settings.js';
import type { Faults } from '../faults/faults.js';
import { readText } from '../http/read-body.js';
import type { TenantAdmin } from '../tenant/tenant-admin.js';

/** What the control server gives access to. */
export interface Controls {
  faults: Faults;
  admin: TenantAdmin;
  /** Answers to `GET /__sandbox/health`. */
  describe(): Record<string, unknown>;
}

type Action = (controls: Controls, body: Record<string, unknown>) => Promise<unknown> | unknown;

/** What can be asked of the sandbox over HTTP. Nothing of it looks like Graph. */
const ACTIONS: Record<string, Action> = {
  'GET /__sandbox/health': ({ describe }) => ({ status: 'ok', ...describe() }),
  'GET /__sandbox/faults': ({ faults }) => ({ settings: faults.settings, counts: faults.counts }),
  'PUT /__sandbox/faults': async ({ faults }, body) => {
    await faults.set(withoutNulls(body));
    return { settings: faults.settings, counts: faults.counts };
  },
  'DELETE /__sandbox/faults': async ({ faults }) => {
    await faults.clear();
    return { settings: faults.settings, counts: faults.counts };
  },
  'GET /__sandbox/users': ({ admin }) => admin.users(),
  'GET /__sandbox/deleted-users': ({ admin }) => admin.deletedUsers(),
  'GET /__sandbox/groups': ({ admin }) => admin.groups(),
  'POST /__sandbox/groups': ({ admin }, { displayName, ...values }) => admin.createGroup(String(displayName), values),
  'POST /__sandbox/synchronized-users': ({ admin }, { onPremisesImmutableId, ...values }) =>
    admin.synchronizeUser(String(onPremisesImmutableId), values),
  'POST /__sandbox/expired-delta-tokens': ({ admin }) => admin.expireDeltaTokens(),
  'POST /__sandbox/expired-access-tokens': ({ admin }) => admin.expireAccessTokens(),
};

/**
 * The sandbox's switches over plain HTTP on this machine, on a port of its own so that they work during an outage.
 * `PUT /__sandbox/faults` changes the parts of the settings that it names; null ends a part.
 */
export class ControlServer {
  private constructor(private readonly server: Server) {}

  static async start(controls: Controls, port: number): Promise<ControlServer> {
    const server = createServer((request, response) => void handle(controls, request, response));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new ControlServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

async function handle(controls: Controls, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const action = ACTIONS[`${request.method} ${request.url}`];
  let status = 200;
  let body: unknown;
  try {
    const text = await readText(request);
    if (!action) {
      status = 404;
      body = { error: `There is no ${request.method} ${request.url}.`, actions: Object.keys(ACTIONS) };
    } else {
      body = await action(controls, text === '' ? {} : (JSON.parse(text) as Record<string, unknown>));
    }
  } catch (error) {
    status = 400;
    body = { error: error instanceof Error ? error.message : String(error) };
  }
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body ?? {}));
}

function withoutNulls(body: Record<string, unknown>): FaultSettings {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, value ?? undefined])) as FaultSettings;
}
