/** How values of an attribute are checked and compared ([MS-ADTS] 3.1.1.2.2.2). */
export type Syntax =
  | 'text'
  | 'ascii'
  | 'integer'
  | 'largeInteger'
  | 'boolean'
  | 'time'
  | 'octets'
  | 'sid'
  | 'dn'
  | 'class';

/** What the schema says about one attribute. */
export interface AttributeDefinition {
  /** As AD writes it (lDAPDisplayName). */
  name: string;
  syntax: Syntax;
  multi: boolean;
  /** rangeUpper: characters of a text, bytes of octets. */
  upper?: number;
  /**
   * Who may write it: `client` (everyone with rights), `system` (nobody: systemOnly in the schema), `sam` (nobody:
   * the account manager owns it).
   */
  writer: 'client' | 'system' | 'sam';
  /** DN values that are links: renaming or deleting the target shows at once. */
  link?: boolean;
  /** The link attribute of which this one is the reverse. Never stored. */
  backlinkOf?: string;
  /** Worked out when asked for by name, never found by a filter. */
  constructed?: boolean;
  /** Never returned. */
  secret?: boolean;
  /** Kept on a tombstone. */
  kept?: boolean;
}

type Shape = Partial<Omit<AttributeDefinition, 'name' | 'syntax'>>;

const SYNTAXES: Record<string, Syntax> = {
  text: 'text',
  ascii: 'ascii',
  int: 'integer',
  long: 'largeInteger',
  bool: 'boolean',
  time: 'time',
  octets: 'octets',
  sid: 'sid',
  dn: 'dn',
  class: 'class',
};

/**
 * Reads rows of `name syntax flag…`; a flag is `*` (several values), a number (the largest length), `system`, `sam`,
 * `link`, `constructed`, `secret`, `kept` or `<member` (reverse of member).
 */
function define(rows: string): AttributeDefinition[] {
  return rows
    .trim()
    .split('\n')
    .map((row) => {
      const [name = '', syntax = '', ...flags] = row.trim().split(/\s+/);
      const shape: Shape = {};
      for (const flag of flags) {
        if (flag === '*') shape.multi = true;
        else if (flag === 'system' || flag === 'sam') shape.writer = flag;
        else if (flag.startsWith('<')) shape.backlinkOf = flag.slice(1);
        else if (/^\d+$/.test(flag)) shape.upper = Number(flag);
        else shape[flag as 'link' | 'constructed' | 'secret' | 'kept'] = true;
      }
      return { name, syntax: SYNTAXES[syntax] as Syntax, multi: false, writer: 'client', ...shape };
    });
}

/**
 * The attributes of AD's base schema that an identity product reads or writes, by the class that brings them
 * ([MS-ADA1], [MS-ADA2], [MS-ADA3], [MS-ADSC]). Exchange's additions (mailNickname, extensionAttribute1 …) are absent,
 * as in a forest without Exchange.
 */
export const ATTRIBUTES_BY_CLASS = {
  top: define(`
    objectClass class * kept
    cn text 64 kept
    name text 255 system kept
    distinguishedName dn system kept
    objectGUID octets 16 system kept
    objectCategory dn system
    instanceType int system kept
    whenCreated time system kept
    whenChanged time system
    uSNCreated long system kept
    uSNChanged long system kept
    description text * 1024
    displayName text 256
    displayNamePrintable ascii 256
    adminDescription text 1024
    adminDisplayName text 256
    isDeleted bool system kept
    isRecycled bool system kept
    lastKnownParent dn system kept
    isCriticalSystemObject bool system
    showInAdvancedViewOnly bool
    systemFlags int system kept
    extensionName text * 255
    url text *
    wWWHomePage text 2048
    memberOf dn * sam <member
    directReports dn * system <manager
    managedObjects dn * system <managedBy
    dSCorePropagationData time * system
    nTSecurityDescriptor octets secret
    proxiedObjectName text system
    canonicalName text * system constructed
    createTimeStamp time system constructed
    modifyTimeStamp time system constructed
    allowedAttributes class * system constructed
    allowedAttributesEffective class * system constructed
    allowedChildClasses class * system constructed
    allowedChildClassesEffective class * system constructed
    sDRightsEffective int system constructed
  `),
  securityPrincipal: define(`
    sAMAccountName text 256 kept
    sAMAccountType int sam
    objectSid sid sam kept
    sIDHistory sid * kept
    altSecurityIdentities text *
    tokenGroups sid * system constructed
    nTSecurityDescriptor octets secret
  `),
  person: define(`
    sn text 64
    serialNumber ascii * 64
    telephoneNumber text 64
    seeAlso dn *
    userPassword octets * 128 secret
    attributeCertificateAttribute octets *
  `),
  organizationalPerson: define(`
    givenName text 64
    initials text 6
    middleName text 64
    generationQualifier text 64
    personalTitle text 64
    title text 128
    department text 64
    company text 64
    division text 256
    manager dn link
    assistant dn
    employeeID text 16 kept
    mail text 256
    otherMailbox text *
    mobile text 64
    otherMobile text * 64
    homePhone text 64
    otherHomePhone text * 64
    otherTelephone text * 64
    facsimileTelephoneNumber text 64
    otherFacsimileTelephoneNumber text * 64
    pager text 64
    ipPhone text 64
    primaryInternationalISDNNumber text 64
    physicalDeliveryOfficeName text 128
    streetAddress text 1024
    street text 1024
    postOfficeBox text * 40
    postalAddress text * 4096
    postalCode text 40
    homePostalAddress text 4096
    l text 128
    st text 128
    c text 3
    co text 128
    countryCode int
    o text * 64
    ou text * 64
    comment text
    houseIdentifier text * 32768
    thumbnailPhoto octets 102400
    thumbnailLogo octets 32767
    msDS-PhoneticFirstName text 64
    msDS-PhoneticLastName text 64
    msDS-PhoneticDisplayName text 256
  `),
  mailRecipient: define(`
    proxyAddresses text * 1123
    legacyExchangeDN text kept
    textEncodedORAddress text 1024
    userCertificate octets *
    userSMIMECertificate octets *
    info text 1024
    msDS-ExternalDirectoryObjectId text 256
  `),
  user: define(`
    userPrincipalName text 1024
    userAccountControl int kept
    msDS-User-Account-Control-Computed int system constructed
    msDS-UserPasswordExpiryTimeComputed long system constructed
    msDS-PrincipalName text system constructed
    unicodePwd octets secret
    pwdLastSet long
    accountExpires long
    lockoutTime long
    badPwdCount int sam
    badPasswordTime long sam
    lastLogon long sam
    lastLogoff long sam
    lastLogonTimestamp long system
    logonCount int sam
    logonHours octets
    userWorkstations text 1024
    primaryGroupID int
    adminCount int
    operatorCount int
    codePage int
    scriptPath text
    profilePath text
    homeDirectory text
    homeDrive text
    userParameters text 32767
    servicePrincipalName text *
    mS-DS-ConsistencyGuid octets
    mS-DS-ConsistencyChildCount int
    employeeNumber text 512
    employeeType text 256
    msDS-cloudExtensionAttribute1 text
    msDS-cloudExtensionAttribute2 text
    msDS-cloudExtensionAttribute3 text
    msDS-cloudExtensionAttribute4 text
    msDS-cloudExtensionAttribute5 text
    msDS-cloudExtensionAttribute6 text
    msDS-cloudExtensionAttribute7 text
    msDS-cloudExtensionAttribute8 text
    msDS-cloudExtensionAttribute9 text
    msDS-cloudExtensionAttribute10 text
    msDS-cloudExtensionAttribute11 text
    msDS-cloudExtensionAttribute12 text
    msDS-cloudExtensionAttribute13 text
    msDS-cloudExtensionAttribute14 text
    msDS-cloudExtensionAttribute15 text
    msDS-cloudExtensionAttribute16 text
    msDS-cloudExtensionAttribute17 text
    msDS-cloudExtensionAttribute18 text
    msDS-cloudExtensionAttribute19 text
    msDS-cloudExtensionAttribute20 text
    msNPAllowDialin bool
    msDS-SupportedEncryptionTypes int
    roomNumber text *
    departmentNumber text *
    carLicense text *
    preferredLanguage text
    businessCategory text * 128
    uid text * kept
    jpegPhoto octets *
    photo octets *
    audio octets * 250000
    labeledURI text *
    secretary dn *
    x500uniqueIdentifier octets *
    uidNumber int
    gidNumber int
    loginShell ascii 1024
    unixHomeDirectory ascii 2048
    gecos ascii 10240
  `),
  group: define(`
    groupType int kept
    member dn * link
    managedBy dn link
    primaryGroupToken int system constructed
  `),
  organizationalUnit: define(`
    ou text * 64
    gPLink text
    gPOptions int
  `),
  container: define(`
    schemaVersion int *
  `),
  domain: define(`
    dc ascii 255 kept
    minPwdLength int
    minPwdAge long
    maxPwdAge long
    pwdProperties int
    pwdHistoryLength int
    lockoutThreshold int
    lockoutDuration long
    lockOutObservationWindow long
    creationTime long system
    msDS-Behavior-Version int system
    ms-DS-MachineAccountQuota int
  `),
} as const;
