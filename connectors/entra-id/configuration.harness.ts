import type { DirectoryConfiguration } from '../contract/connector-factory.js';

/** What a tenant for specs tells about itself. */
export interface SpecTenant {
  baseUrl: string;
  tenantId: string;
  clientId: string;
  clientSecret: string;
  ca: string;
}

/** How a spec configures the connector for its tenant; more settings go on top. */
export function configurationFor(tenant: SpecTenant, over: Record<string, unknown> = {}): DirectoryConfiguration {
  const { baseUrl, tenantId, clientId, clientSecret, ca } = tenant;
  const settings = { tenantId, clientId, authorityUrl: baseUrl, graphUrl: baseUrl, ca, domain: 'tenure.example' };
  return { name: 'cloud', settings: { ...settings, ...over }, secrets: { clientSecret } };
}
