import type { ConnectorKind } from '../contract/connector-factory.js';
import { ACTIVE_DIRECTORY_CAPABILITIES, ActiveDirectoryConnector } from './active-directory.connector.js';
import { readSettings } from './settings.js';

/** Active Directory Domain Services (Windows or Samba) over LDAPS. Its secret is `password`. */
export const activeDirectory: ConnectorKind = {
  kind: 'active-directory',
  capabilities: ACTIVE_DIRECTORY_CAPABILITIES,
  connect: (configuration) => new ActiveDirectoryConnector(readSettings(configuration)),
};
