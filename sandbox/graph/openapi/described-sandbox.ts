import { type GraphSandbox, type GraphSandboxOptions, startGraphSandbox } from '../graph-sandbox.js';
import { SandboxClient } from '../sandbox-client.js';
import { checkExchange } from './check-exchange.js';

/** A sandbox for a test, with a caller for it. */
export interface DescribedSandbox {
  sandbox: GraphSandbox;
  client: SandboxClient;
  /** Stops it, and rejects when an exchange was not as Microsoft's OpenAPI description of Graph has it. */
  stop(): Promise<void>;
}

/** Starts a sandbox whose every exchange is held against the description when it stops. */
export async function startDescribedSandbox(options: GraphSandboxOptions = {}): Promise<DescribedSandbox> {
  const sandbox = await startGraphSandbox({ record: true, ...options });
  const client = new SandboxClient(sandbox);
  return {
    sandbox,
    client,
    stop: async () => {
      client.close();
      await sandbox.stop();
      const problems = new Set(sandbox.exchanges.flatMap(checkExchange));
      if (problems.size > 0) throw new Error(`Not as the description of Graph has it:\n${[...problems].join('\n')}`);
    },
  };
}

/** The body that creates a user; every number makes another one. */
export function newUser(number: number, values: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    accountEnabled: true,
    displayName: `Person ${number}`,
    mailNickname: `person${number}`,
    userPrincipalName: `person${number}@tenure.example`,
    passwordProfile: { password: 'xWwvJ]6NMw+bWH-d', forceChangePasswordNextSignIn: false },
    ...values,
  };
}
