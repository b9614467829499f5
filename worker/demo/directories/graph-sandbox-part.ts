import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startChild } from '../../embedded/child.js';
import { freePort } from '../../embedded/free-port.js';
import { logFile } from '../../service/log-file.js';
import type { Part } from '../../service/part.js';
import type { Reached } from '../../service/parts.js';
import { DOMAIN, GROUPS } from './demo-domain.js';

const PROGRAM = join(__dirname, '..', '..', '..', 'sandbox', 'graph', 'main.js');

/** How to reach the tenant, and the switches of its sandbox. */
export interface GraphAccess {
  /** Of Graph and of the token service. */
  baseUrl: string;
  /** Where faults are switched on and off. */
  controlUrl: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  /** PEM. */
  ca: string;
}

/** The stand-in for Microsoft Graph with one tenant, as a process of its own. */
export function graphSandboxPart(home: string, clientSecret: string): Reached<GraphAccess> {
  let ports: { port: number; control: number } | undefined;
  let access: GraphAccess | undefined;
  const part: Part = {
    name: 'Entra ID',
    start: async () => {
      ports ??= { port: await freePort(), control: await freePort() };
      const write = logFile(join(home, 'logs', 'graph-sandbox.log'));
      const caFile = join(home, 'run', 'graph-ca.pem');
      let facts = '';
      const child = await startChild({
        name: 'The Graph sandbox',
        command: process.execPath,
        args: ['--enable-source-maps', PROGRAM],
        env: {
          ...process.env,
          GRAPH_SANDBOX_PORT: String(ports.port),
          GRAPH_SANDBOX_CONTROL_PORT: String(ports.control),
          GRAPH_SANDBOX_STATE: join(home, 'graph'),
          GRAPH_SANDBOX_CA_FILE: caFile,
          GRAPH_SANDBOX_CLIENT_SECRET: clientSecret,
          GRAPH_SANDBOX_DOMAINS: DOMAIN,
          GRAPH_SANDBOX_GROUPS: GROUPS.join(','),
        },
        ready: /^\{"ready":true/,
        log: (line) => {
          if (line.startsWith('{"ready":true')) facts = line;
          else write(line);
        },
      });
      access = { ...(JSON.parse(facts) as GraphAccess), clientSecret, ca: readFileSync(caFile, 'utf8') };
      return { ...child, detail: `${access.baseUrl} (sandbox of Microsoft Graph)` };
    },
  };
  return {
    part,
    address: () => {
      if (!access) throw new Error('The Graph sandbox has not been started.');
      return access;
    },
  };
}
