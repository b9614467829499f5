import { type PropertyDefinition, type PropertyTable, property } from '../directory/property-definition.js';

const byDefault = { byDefault: true };
const fixed = { byDefault: true, readOnly: true };

/**
 * The properties of a group that the sandbox keeps (`group` resource type and the table of filter support on
 * learn.microsoft.com/graph). Unlike a user, a group comes with nearly all of its properties.
 */
const DEFINITIONS: Record<string, PropertyDefinition> = {
  id: property('string', 'eq ne* not* in', fixed),
  deletedDateTime: property('dateTime', 'eq ne* not* ge le in*', fixed),
  classification: property('string', 'eq ne* not* ge le startsWith', { ...byDefault, cloudOwned: true }),
  createdDateTime: property('dateTime', 'eq ne* not* ge le in*', fixed),
  description: property('string', 'eq* ne* not* ge* le* startsWith* null*', { ...byDefault, maxLength: 1024 }),
  displayName: property('string', 'eq ne* not* ge le in startsWith null*', { ...byDefault, maxLength: 256 }),
  expirationDateTime: property('dateTime', 'eq ne* not* ge le in*', fixed),
  groupTypes: property('strings', 'eq ne* not*', byDefault),
  isAssignableToRole: property('boolean', 'eq ne* not*', byDefault),
  mail: property('string', 'eq ne* not* ge le in startsWith null*', fixed),
  mailEnabled: property('boolean', 'eq ne* not*', byDefault),
  mailNickname: property('string', 'eq ne* not* ge le in startsWith', { ...byDefault, maxLength: 64 }),
  membershipRule: property('string', 'eq* ne* not* ge* le* startsWith*', byDefault),
  membershipRuleProcessingState: property('string', 'eq ne* not* in', byDefault),
  onPremisesDomainName: property('string', '', fixed),
  onPremisesLastSyncDateTime: property('dateTime', 'eq ne* not* ge le in*', fixed),
  onPremisesNetBiosName: property('string', '', fixed),
  onPremisesProvisioningErrors: property('complexes', '', fixed),
  onPremisesSamAccountName: property('string', 'eq ne* not* ge le in startsWith', fixed),
  onPremisesSecurityIdentifier: property('string', 'eq ne* not* in null*', fixed),
  onPremisesSyncEnabled: property('boolean', 'eq ne* not* in null*', fixed),
  preferredDataLocation: property('string', '', { ...byDefault, cloudOwned: true }),
  preferredLanguage: property('string', 'eq ne* not* ge le in startsWith null*', byDefault),
  proxyAddresses: property('strings', 'eq ne* not* startsWith endsWith*', fixed),
  renewedDateTime: property('dateTime', 'eq ne* not* ge le in*', fixed),
  securityEnabled: property('boolean', 'eq ne* not* in', byDefault),
  securityIdentifier: property('string', 'eq ne* not* in', fixed),
  theme: property('string', '', byDefault),
  visibility: property('string', '', byDefault),
};

/** The properties of a group by name. */
export const GROUP_PROPERTIES: PropertyTable = new Map(Object.entries(DEFINITIONS));
