import { writeFileSync } from 'node:fs';
import { type GraphSandboxOptions, startGraphSandbox } from './graph-sandbox.js';

/**
 * The sandbox as a process of its own. It prints one line of JSON when it is ready, and stops on SIGTERM and SIGINT.
 *
 * | variable | meaning |
 * |---|---|
 * | `GRAPH_SANDBOX_PORT`, `GRAPH_SANDBOX_CONTROL_PORT` | where to listen; 0 or absent: a free port |
 * | `GRAPH_SANDBOX_STATE` | folder that keeps the tenant over a restart; in memory when absent |
 * | `GRAPH_SANDBOX_CA_FILE` | where to write the certificate for clients to trust (`NODE_EXTRA_CA_CERTS`) |
 * | `GRAPH_SANDBOX_TENANT_ID`, `GRAPH_SANDBOX_CLIENT_ID`, `GRAPH_SANDBOX_CLIENT_SECRET` | made up when absent |
 * | `GRAPH_SANDBOX_DOMAINS`, `GRAPH_SANDBOX_GROUPS`, `GRAPH_SANDBOX_PERMISSIONS` | separated by commas |
 */
async function main(): Promise<void> {
  const sandbox = await startGraphSandbox(readOptions(process.env));
  const caFile = process.env.GRAPH_SANDBOX_CA_FILE;
  if (caFile) writeFileSync(caFile, sandbox.ca);
  const { baseUrl, controlUrl, tenantId, clientId } = sandbox;
  console.log(JSON.stringify({ ready: true, baseUrl, controlUrl, tenantId, clientId, caFile }));
  const stop = () => {
    sandbox.stop().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

function readOptions(env: NodeJS.ProcessEnv): GraphSandboxOptions {
  const domains = names(env.GRAPH_SANDBOX_DOMAINS);
  const groups = names(env.GRAPH_SANDBOX_GROUPS);
  const permissions = names(env.GRAPH_SANDBOX_PERMISSIONS);
  return {
    port: port(env, 'GRAPH_SANDBOX_PORT'),
    controlPort: port(env, 'GRAPH_SANDBOX_CONTROL_PORT'),
    ...(env.GRAPH_SANDBOX_STATE && { statePath: env.GRAPH_SANDBOX_STATE }),
    ...(env.GRAPH_SANDBOX_TENANT_ID && { tenantId: env.GRAPH_SANDBOX_TENANT_ID }),
    ...(env.GRAPH_SANDBOX_CLIENT_ID && { clientId: env.GRAPH_SANDBOX_CLIENT_ID }),
    ...(env.GRAPH_SANDBOX_CLIENT_SECRET && { clientSecret: env.GRAPH_SANDBOX_CLIENT_SECRET }),
    ...(domains.length > 0 && { domains }),
    ...(groups.length > 0 && { groups }),
    ...(permissions.length > 0 && { permissions }),
  };
}

function port(env: NodeJS.ProcessEnv, name: string): number {
  const value = Number(env[name] ?? 0);
  if (Number.isInteger(value) && value >= 0 && value < 65536) return value;
  throw new Error(`${name} is '${env[name]}', which is no port: give a number from 0 to 65535.`);
}

function names(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
}

main().catch((error: unknown) => {
  console.error(`The Graph sandbox could not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
});
