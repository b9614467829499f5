/** A domain of the tenant. */
export interface TenantDomain {
  name: string;
  isDefault: boolean;
  /** The `onmicrosoft.com` domain that the tenant began with. */
  isInitial: boolean;
  isVerified: boolean;
}

/** The customer's Entra ID tenant that the sandbox plays. */
export interface Tenant {
  id: string;
  displayName: string;
  domains: TenantDomain[];
  createdDateTime: string;
}

/** The initial domain that every tenant of the sandbox has. */
const INITIAL_DOMAIN = 'tenuresandbox.onmicrosoft.com';

/** A tenant with verified domains; the first is the default one, and the initial one is always there. */
export function describeTenant(id: string, displayName: string, domainNames: readonly string[]): Tenant {
  const names = [...domainNames.filter((name) => name !== INITIAL_DOMAIN), INITIAL_DOMAIN];
  return {
    id: id.toLowerCase(),
    displayName,
    createdDateTime: '2024-01-01T00:00:00Z',
    domains: names.map((name, i) => ({
      name,
      isDefault: i === 0,
      isInitial: name === INITIAL_DOMAIN,
      isVerified: true,
    })),
  };
}

/** The domains that user principal names may end in, in lower case. */
export function verifiedDomains(tenant: Tenant): string[] {
  return tenant.domains.filter((domain) => domain.isVerified).map((domain) => domain.name.toLowerCase());
}
