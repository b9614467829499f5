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

/** The domains that user principal names may end in, in lower case. */
export function verifiedDomains(tenant: Tenant): string[] {
  return tenant.domains.filter((domain) => domain.isVerified).map((domain) => domain.name.toLowerCase());
}
