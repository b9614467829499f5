import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../worker/embedded/child.js';

/** The Graph sandbox as a process of its own. */
export interface GraphProcess {
  baseUrl: string;
  tokenUrl: string;
  ca: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  pid: number;
  stop(): Promise<void>;
}

/** Starts the built sandbox with a tenant in memory. */
export async function startGraphProcess(domain: string, group: string): Promise<GraphProcess> {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-bench-graph-'));
  const clientSecret = 'a secret of the benchmark';
  let ready: { baseUrl: string; tenantId: string; clientId: string } | undefined;
  const child = await startChild({
    name: 'The Graph sandbox',
    command: process.execPath,
    args: [join(__dirname, '..', '..', 'dist', 'sandbox', 'graph', 'main.js')],
    env: {
      ...process.env,
      GRAPH_SANDBOX_CA_FILE: join(folder, 'ca.pem'),
      GRAPH_SANDBOX_CLIENT_SECRET: clientSecret,
      GRAPH_SANDBOX_DOMAINS: domain,
      GRAPH_SANDBOX_GROUPS: group,
    },
    ready: /^\{"ready":true/,
    log: (line) => {
      if (line.startsWith('{"ready"')) ready = JSON.parse(line);
    },
  });
  if (!ready) throw new Error('The Graph sandbox did not say where it is.');
  const { baseUrl, tenantId, clientId } = ready;
  const ca = readFileSync(join(folder, 'ca.pem'), 'utf8');
  rmSync(folder, { recursive: true });
  const tokenUrl = `${baseUrl}/${tenantId}/oauth2/v2.0/token`;
  return { baseUrl, tokenUrl, ca, tenantId, clientId, clientSecret, pid: child.pid, stop: () => child.stop() };
}
