import { activeDirectory } from '../connectors/active-directory/index.js';
import type { AnyConnector, Capabilities } from '../connectors/contract/connector.js';
import { ConnectorError } from '../connectors/contract/connector-error.js';
import type { ConnectorKind } from '../connectors/contract/connector-factory.js';
import { entraId } from '../connectors/entra-id/index.js';
import { ldap } from '../connectors/ldap/index.js';
import type { PlannedDirectory } from '../domain/plan/plan.js';
import type { ConfiguredDirectory } from './directories-file.js';

/** Every kind of directory that this build knows. */
export const CONNECTOR_KINDS: readonly ConnectorKind[] = [activeDirectory, entraId, ldap];

/** The configured directories with one connector each, made when it is first needed and kept. */
export class ConnectorRegistry {
  private readonly connectors = new Map<string, AnyConnector>();
  private readonly configured: ReadonlyMap<string, ConfiguredDirectory>;

  /**
   * Checks every directory's settings by making its connector; nothing connects yet.
   * @throws ConnectorError `misconfigured`, naming the directory and the setting
   */
  constructor(
    directories: readonly ConfiguredDirectory[],
    private readonly kinds: readonly ConnectorKind[] = CONNECTOR_KINDS,
  ) {
    this.configured = new Map(directories.map((directory) => [directory.name, directory]));
    for (const directory of directories) {
      this.connectors.set(directory.name, this.kindOf(directory).connect(directory));
    }
  }

  /** The connector of a configured directory. */
  connector(name: string): AnyConnector {
    const connector = this.connectors.get(name);
    if (connector) return connector;
    throw new ConnectorError('misconfigured', `No directory named ${name} is configured.`);
  }

  names(): string[] {
    return [...this.configured.keys()];
  }

  /** What planning must know of each directory, in the order of the configuration. */
  planned(): PlannedDirectory[] {
    return [...this.configured.values()].map(({ name, kind }) => {
      const { passwords, sessions, groups, managers, recycleBin }: Capabilities = this.connector(name).capabilities();
      return { name, kind, can: { passwords, sessions, groups, managers, restore: recycleBin } };
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.connectors.values()].map((connector) => connector.close()));
  }

  private kindOf({ name, kind }: ConfiguredDirectory): ConnectorKind {
    const found = this.kinds.find((candidate) => candidate.kind === kind);
    if (found) return found;
    const known = this.kinds.map((candidate) => candidate.kind).join(', ');
    throw new ConnectorError('misconfigured', `${name} has the kind “${kind}”, which is not known. Kinds: ${known}.`);
  }
}
