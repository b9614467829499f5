import type { Domain } from '../directory/domain.js';
import type { Entry } from '../directory/entry.js';
import { writeValue } from '../directory/values.js';
import { generalizedTime } from '../directory/windows-time.js';
import { CONTROLS } from '../wire/controls.js';
import type { WireAttribute } from '../wire/ldap-request.js';
import type { ResultEntry } from '../wire/ldap-response.js';
import { tokenGroups } from './computed-attributes.js';
import type { Selection } from './result-entry.js';

/** AD's capability marks: Active Directory, LDAP integration, V51, V60, V61R2, and W8 ([MS-ADTS] 3.1.1.3.4.3). */
const CAPABILITIES = ['800', '1670', '1791', '1935', '2080', '2237'].map((last) => `1.2.840.113556.1.4.${last}`);

/** WHOAMI (RFC 4532). */
export const WHO_AM_I = '1.3.6.1.4.1.4203.1.11.3';

/** The entry with the empty name, which even anonymous clients may read ([MS-ADTS] 3.1.1.3.2). */
export function rootDse(domain: Domain, selection: Selection, user: Entry | undefined): ResultEntry {
  const { baseDn, dnsName } = domain;
  const configuration = `CN=Configuration,${baseDn}`;
  const server = `CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites,${configuration}`;
  const values: Record<string, string[]> = {
    defaultNamingContext: [baseDn],
    rootDomainNamingContext: [baseDn],
    configurationNamingContext: [configuration],
    schemaNamingContext: [`CN=Schema,${configuration}`],
    subschemaSubentry: [`CN=Aggregate,CN=Schema,${configuration}`],
    namingContexts: [baseDn, configuration, `CN=Schema,${configuration}`],
    dnsHostName: [`dc1.${dnsName}`],
    serverName: [server],
    dsServiceName: [`CN=NTDS Settings,${server}`],
    ldapServiceName: [`${dnsName}:dc1$@${dnsName.toUpperCase()}`],
    currentTime: [generalizedTime()],
    highestCommittedUSN: [String(domain.store.highestCommittedUsn)],
    supportedLDAPVersion: ['3', '2'],
    supportedControl: Object.values(CONTROLS),
    supportedExtension: [WHO_AM_I],
    supportedCapabilities: CAPABILITIES,
    supportedLDAPPolicies: ['MaxPageSize', 'MaxValRange', 'MaxReceiveBuffer'],
    domainFunctionality: ['7'],
    forestFunctionality: ['7'],
    domainControllerFunctionality: ['7'],
    isSynchronized: ['TRUE'],
    isGlobalCatalogReady: ['TRUE'],
    vendorName: ['Tenure sandbox: a stand-in for Active Directory'],
  };
  const wanted = new Set(selection.wanted.map(({ lowerName }) => lowerName));
  const attributes: WireAttribute[] = Object.entries(values)
    .filter(([name]) => selection.all || wanted.has(name.toLowerCase()))
    .map(([name, texts]) => ({
      name,
      values: selection.typesOnly ? [] : texts.map((text) => Buffer.from(text)),
    }));
  // Only when asked for: the SIDs of whoever is signed in ([MS-ADTS] 3.1.1.3.2).
  if (user && wanted.has('tokengroups')) {
    const sids = [...tokenGroups(domain, user), ...(user.attributes.get('objectsid') ?? [])];
    attributes.push({ name: 'tokenGroups', values: selection.typesOnly ? [] : sids.map(writeValue) });
  }
  return { dn: '', attributes };
}
