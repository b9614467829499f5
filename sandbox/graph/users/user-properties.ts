import { type PropertyDefinition, type PropertyTable, property } from '../directory/property-definition.js';

const TEXT = 'eq ne* not* ge le in startsWith null*';
const TEXT_ADVANCED = 'eq* ne* not* ge* le* in* startsWith* null*';
const EXTENSION_ATTRIBUTES = Object.fromEntries(
  Array.from({ length: 15 }, (_, i) => [`extensionAttribute${i + 1}`, 'string' as const]),
);

const byDefault = { byDefault: true };
const readOnly = { readOnly: true };
const cloudOwned = { cloudOwned: true };

/**
 * The properties of a user that the sandbox keeps: types and lengths from the `user` resource type, filter support from
 * the table in "Advanced query capabilities on Microsoft Entra ID objects" (both on learn.microsoft.com/graph). What is
 * kept in Exchange or SharePoint (`aboutMe`, `mailboxSettings`, …) is left out: it is not the directory's.
 */
const DEFINITIONS: Record<string, PropertyDefinition> = {
  id: property('string', 'eq ne* not* in', { ...readOnly, ...byDefault }),
  deletedDateTime: property('dateTime', 'eq ne* not* ge le in*', readOnly),
  accountEnabled: property('boolean', 'eq ne* not* in', cloudOwned),
  ageGroup: property('string', 'eq ne* not* in', cloudOwned),
  assignedLicenses: property('complexes', '', readOnly),
  assignedPlans: property('complexes', '', readOnly),
  businessPhones: property('strings', 'eq ne* not* startsWith', byDefault),
  city: property('string', TEXT, { maxLength: 128 }),
  companyName: property('string', TEXT_ADVANCED, { maxLength: 64 }),
  consentProvidedForMinor: property('string', 'eq ne* not* in', cloudOwned),
  country: property('string', TEXT, { maxLength: 128 }),
  createdDateTime: property('dateTime', 'eq ne* not* ge le in*', readOnly),
  creationType: property('string', 'eq ne* not* in', readOnly),
  department: property('string', TEXT, { maxLength: 64 }),
  displayName: property('string', 'eq ne* not* ge le in startsWith null*', { ...byDefault, maxLength: 256 }),
  employeeHireDate: property('dateTime', 'eq* ne* not* ge* le* in*'),
  employeeId: property('string', 'eq ne* not* in startsWith null*', { maxLength: 16 }),
  employeeLeaveDateTime: property('dateTime', 'eq* ne* not* ge* le* in*', cloudOwned),
  employeeOrgData: property('complex', '', { members: { costCenter: 'string', division: 'string' } }),
  employeeType: property('string', 'eq* ne* not* ge* le* in* startsWith* null*'),
  externalUserState: property('string', 'eq ne* not* in', readOnly),
  externalUserStateChangeDateTime: property('dateTime', '', readOnly),
  faxNumber: property('string', 'eq* ne* not* in* startsWith* null*', { maxLength: 64 }),
  givenName: property('string', TEXT, { ...byDefault, maxLength: 64 }),
  identities: property('complexes', '', readOnly),
  imAddresses: property('strings', 'eq ne* not* startsWith', readOnly),
  isResourceAccount: property('boolean', 'eq ne* not* in', cloudOwned),
  jobTitle: property('string', TEXT, { ...byDefault, maxLength: 128 }),
  lastPasswordChangeDateTime: property('dateTime', '', readOnly),
  legalAgeGroupClassification: property('string', '', readOnly),
  licenseAssignmentStates: property('complexes', '', readOnly),
  mail: property('string', `${TEXT} endsWith*`, byDefault),
  mailNickname: property('string', TEXT, { maxLength: 64 }),
  mobilePhone: property('string', TEXT_ADVANCED, { ...byDefault, maxLength: 64 }),
  officeLocation: property('string', TEXT_ADVANCED, { ...byDefault, maxLength: 128 }),
  onPremisesDistinguishedName: property('string', '', readOnly),
  onPremisesDomainName: property('string', '', readOnly),
  onPremisesExtensionAttributes: property('complex', 'eq* ne* not* in*', { members: EXTENSION_ATTRIBUTES }),
  onPremisesImmutableId: property('string', 'eq* ne* not* ge* le* in*'),
  onPremisesLastSyncDateTime: property('dateTime', 'eq* ne* not* ge* le* in*', readOnly),
  onPremisesProvisioningErrors: property('complexes', '', readOnly),
  onPremisesSamAccountName: property('string', 'eq* ne* not* ge* le* in* startsWith*', readOnly),
  onPremisesSecurityIdentifier: property('string', 'eq ne* not* in null*', readOnly),
  onPremisesSyncEnabled: property('boolean', 'eq ne* not* in null*', readOnly),
  onPremisesUserPrincipalName: property('string', 'eq ne* not* ge le in startsWith', readOnly),
  otherMails: property('strings', 'eq ne* not* startsWith endsWith*', cloudOwned),
  passwordPolicies: property('string', 'eq* ne* not* null*'),
  passwordProfile: property('complex', '', {
    members: {
      password: 'string',
      forceChangePasswordNextSignIn: 'boolean',
      forceChangePasswordNextSignInWithMfa: 'boolean',
    },
  }),
  postalCode: property('string', TEXT_ADVANCED, { maxLength: 40 }),
  preferredDataLocation: property('string', '', cloudOwned),
  preferredLanguage: property('string', TEXT_ADVANCED, byDefault),
  provisionedPlans: property('complexes', '', readOnly),
  proxyAddresses: property('strings', 'eq ne* not* startsWith endsWith*', readOnly),
  securityIdentifier: property('string', 'eq ne* not* in', readOnly),
  showInAddressList: property('boolean', 'eq* ne* not* in*'),
  signInSessionsValidFromDateTime: property('dateTime', '', readOnly),
  state: property('string', TEXT, { maxLength: 128 }),
  streetAddress: property('string', TEXT_ADVANCED, { maxLength: 1024 }),
  surname: property('string', TEXT, { ...byDefault, maxLength: 64 }),
  usageLocation: property('string', 'eq ne* not* ge le in startsWith null*', { ...cloudOwned, maxLength: 2 }),
  userPrincipalName: property('string', 'eq ne* not* ge le in startsWith endsWith*', { ...byDefault, maxLength: 113 }),
  userType: property('string', 'eq ne* not* in null*', cloudOwned),
};

/** The properties of a user by name. */
export const USER_PROPERTIES: PropertyTable = new Map(Object.entries(DEFINITIONS));
