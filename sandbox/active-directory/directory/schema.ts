import { ATTRIBUTES_BY_CLASS, type AttributeDefinition } from './schema-attributes.js';

export type { AttributeDefinition } from './schema-attributes.js';

type AttributeSource = keyof typeof ATTRIBUTES_BY_CLASS;

/** What the schema says about one structural class. */
export interface ClassDefinition {
  name: string;
  /** From `top` to the class itself, as objectClass lists them. */
  chain: string[];
  /** The attribute that names entries of this class. */
  rdnType: 'CN' | 'OU' | 'DC';
  /** The class whose name objectCategory carries. */
  category: string;
  sources: AttributeSource[];
  /** Single attributes that come from elsewhere in the schema. */
  extra?: string[];
  /** Whether entries may stand below entries of this class. */
  container: boolean;
  /** A user or group: has a SID and a sAMAccountName. */
  principal?: 'user' | 'group';
}

const ADDRESS = [
  'l',
  'st',
  'street',
  'postalCode',
  'postalAddress',
  'postOfficeBox',
  'facsimileTelephoneNumber',
  'c',
  'co',
  'countryCode',
  'businessCategory',
];
const USER_CHAIN = ['top', 'person', 'organizationalPerson', 'user'];
const USER_SOURCES: AttributeSource[] = [
  'top',
  'securityPrincipal',
  'person',
  'organizationalPerson',
  'mailRecipient',
  'user',
];

const CLASSES: ClassDefinition[] = [
  {
    name: 'user',
    chain: USER_CHAIN,
    rdnType: 'CN',
    category: 'Person',
    sources: USER_SOURCES,
    container: false,
    principal: 'user',
  },
  {
    name: 'inetOrgPerson',
    chain: [...USER_CHAIN, 'inetOrgPerson'],
    rdnType: 'CN',
    category: 'Person',
    sources: USER_SOURCES,
    container: false,
    principal: 'user',
  },
  {
    name: 'contact',
    chain: ['top', 'person', 'organizationalPerson', 'contact'],
    rdnType: 'CN',
    category: 'Person',
    sources: ['top', 'person', 'organizationalPerson', 'mailRecipient'],
    extra: ['mS-DS-ConsistencyGuid', 'secretary', 'labeledURI'],
    container: false,
  },
  {
    name: 'group',
    chain: ['top', 'group'],
    rdnType: 'CN',
    category: 'Group',
    sources: ['top', 'securityPrincipal', 'mailRecipient', 'group'],
    extra: [
      'mail',
      'adminCount',
      'operatorCount',
      'gidNumber',
      'mS-DS-ConsistencyGuid',
      'telephoneNumber',
      'secretary',
    ],
    container: false,
    principal: 'group',
  },
  {
    name: 'organizationalUnit',
    chain: ['top', 'organizationalUnit'],
    rdnType: 'OU',
    category: 'Organizational-Unit',
    sources: ['top', 'organizationalUnit'],
    extra: [...ADDRESS, 'managedBy', 'telephoneNumber', 'physicalDeliveryOfficeName', 'seeAlso'],
    container: true,
  },
  {
    name: 'container',
    chain: ['top', 'container'],
    rdnType: 'CN',
    category: 'Container',
    sources: ['top', 'container'],
    container: true,
  },
  {
    name: 'domainDNS',
    chain: ['top', 'domain', 'domainDNS'],
    rdnType: 'DC',
    category: 'Domain-DNS',
    sources: ['top', 'domain'],
    extra: ['objectSid', 'managedBy'],
    container: true,
  },
];

const attributes = new Map<string, AttributeDefinition>();
for (const definitions of Object.values(ATTRIBUTES_BY_CLASS)) {
  for (const definition of definitions) {
    if (!attributes.has(definition.name.toLowerCase())) attributes.set(definition.name.toLowerCase(), definition);
  }
}

const classes = new Map(CLASSES.map((definition) => [definition.name.toLowerCase(), definition]));
const abstractClasses = new Set(CLASSES.flatMap((definition) => definition.chain.map((name) => name.toLowerCase())));
const allowed = new Map(
  CLASSES.map((definition) => [
    definition.name,
    new Set([
      ...definition.sources.flatMap((source) => ATTRIBUTES_BY_CLASS[source].map(({ name }) => name.toLowerCase())),
      ...(definition.extra ?? []).map((name) => name.toLowerCase()),
    ]),
  ]),
);

/** Looks an attribute up by name, whatever the case. */
export function attributeDefinition(name: string): AttributeDefinition | undefined {
  return attributes.get(name.toLowerCase());
}

/** Looks a structural class up by name, whatever the case. */
export function classDefinition(name: string): ClassDefinition | undefined {
  return classes.get(name.toLowerCase());
}

/**
 * Finds the structural class that a list of objectClass values means: the one whose chain holds all the others.
 * @returns undefined when a value is unknown or no single class covers them all
 */
export function structuralClass(names: readonly string[]): ClassDefinition | undefined {
  const wanted = names.map((name) => name.toLowerCase());
  if (wanted.some((name) => !abstractClasses.has(name))) return undefined;
  return CLASSES.find(
    (definition) =>
      wanted.includes(definition.name.toLowerCase()) &&
      wanted.every((name) => definition.chain.some((link) => link.toLowerCase() === name)),
  );
}

/** Whether entries of the class may have the attribute. */
export function allows(definition: ClassDefinition, attribute: string): boolean {
  return allowed.get(definition.name)?.has(attribute.toLowerCase()) ?? false;
}

/** The attributes that entries of the class may have, as AD writes them. */
export function attributesOf(definition: ClassDefinition): AttributeDefinition[] {
  return [...(allowed.get(definition.name) ?? [])].flatMap((name) => attributes.get(name) ?? []);
}

/** The classes that clients may create. */
export const CREATABLE_CLASSES = CLASSES.filter(({ name }) => name !== 'domainDNS');

/** The DN of a class in the schema, which objectCategory holds. */
export function categoryDn(category: string, baseDn: string): string {
  return `CN=${category},CN=Schema,CN=Configuration,${baseDn}`;
}

/** Every attribute of which another one is the reverse, by the name of the reverse in lower case. */
export const BACKLINKS = new Map(
  [...attributes.values()].flatMap(({ name, backlinkOf }) =>
    backlinkOf ? [[name.toLowerCase(), backlinkOf.toLowerCase()] as const] : [],
  ),
);
