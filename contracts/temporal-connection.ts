import { loadClientConnectConfig } from '@temporalio/envconfig';

/**
 * Where Temporal is and how to sign in to it, from its own standard variables (TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE,
 * TEMPORAL_API_KEY, TEMPORAL_TLS_…) and configuration file. Client and worker are configured alike.
 */
export function temporalConnection(env: NodeJS.ProcessEnv = process.env) {
  const given = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(given) });
  return { connectionOptions, namespace: namespace ?? 'default' };
}
