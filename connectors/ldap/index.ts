import type { ConnectorKind } from '../contract/connector-factory.js';
import { LDAP_CAPABILITIES, LdapConnector } from './ldap.connector.js';
import { readSettings } from './settings.js';

/** LDAP directories that keep people by the standard schema: OpenLDAP and its like. The secret is `password`. */
export const ldap: ConnectorKind = {
  kind: 'ldap',
  capabilities: LDAP_CAPABILITIES,
  connect: (configuration) => new LdapConnector(readSettings(configuration)),
};
