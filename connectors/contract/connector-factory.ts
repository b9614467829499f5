import type { AnyConnector, Capabilities } from './connector.js';

/** Gives the secret that a directory's settings refer to by name (`{ env: … }` or `{ file: … }` were resolved before). */
export interface DirectoryConfiguration {
  /** The directory's name, for messages. */
  name: string;
  /** As the administrator wrote them; the connector's own schema checks them. */
  settings: unknown;
  /** Secret values by the names that the kind declares (`password`, `clientSecret`, …). */
  secrets: Record<string, string>;
}

/** One kind of directory: how its settings are checked and its connector is made. */
export interface ConnectorKind {
  kind: string;
  /** Known without a connection; planning reads them. */
  capabilities: Capabilities;
  /** Throws a `misconfigured` ConnectorError whose message names the setting. Does not connect. */
  connect(configuration: DirectoryConfiguration): AnyConnector;
}
