import type { GraphCall, Route } from '../http/graph-call.js';
import { resourceNotFound } from '../http/graph-error.js';
import { context, type GraphReply } from '../http/graph-request.js';
import { collection } from '../odata/page.js';
import { nameList } from '../odata/query-parameters.js';
import { PERMISSIONS } from '../tokens/permissions.js';
import type { Tenant, TenantDomain } from './tenant.js';

/** The organisation and its domains: https://learn.microsoft.com/graph/api/organization-list and domain-list. */
export const tenantRoutes: Route[] = [
  { method: 'GET', path: 'organization', anyOf: PERMISSIONS.readOrganization, handle: listOrganization },
  { method: 'GET', path: 'organization/{id}', anyOf: PERMISSIONS.readOrganization, handle: getOrganization },
  { method: 'GET', path: 'domains', anyOf: PERMISSIONS.readDomains, handle: listDomains },
  { method: 'GET', path: 'domains/{id}', anyOf: PERMISSIONS.readDomains, handle: getDomain },
];

function listOrganization({ request, state }: GraphCall): GraphReply {
  return collection(request, 'organization', [chosen(request, presentOrganization(state.tenant))]);
}

function getOrganization({ request, params, state }: GraphCall): GraphReply {
  if (params.id?.toLowerCase() !== state.tenant.id) throw resourceNotFound(params.id ?? '');
  const shown = chosen(request, presentOrganization(state.tenant));
  return { status: 200, body: { '@odata.context': context(request, 'organization/$entity'), ...shown } };
}

function listDomains({ request, state }: GraphCall): GraphReply {
  return collection(
    request,
    'domains',
    state.tenant.domains.map((domain) => chosen(request, presentDomain(domain))),
  );
}

function getDomain({ request, params, state }: GraphCall): GraphReply {
  const domain = state.tenant.domains.find((known) => known.name.toLowerCase() === params.id?.toLowerCase());
  if (!domain) throw resourceNotFound(params.id ?? '');
  const shown = chosen(request, presentDomain(domain));
  return { status: 200, body: { '@odata.context': context(request, 'domains/$entity'), ...shown } };
}

function presentOrganization(tenant: Tenant): Record<string, unknown> {
  return {
    id: tenant.id,
    deletedDateTime: null,
    businessPhones: [],
    city: null,
    country: null,
    countryLetterCode: null,
    createdDateTime: tenant.createdDateTime,
    defaultUsageLocation: null,
    displayName: tenant.displayName,
    marketingNotificationEmails: [],
    onPremisesLastSyncDateTime: null,
    onPremisesSyncEnabled: null,
    postalCode: null,
    preferredLanguage: null,
    securityComplianceNotificationMails: [],
    securityComplianceNotificationPhones: [],
    state: null,
    street: null,
    technicalNotificationMails: [],
    tenantType: 'AAD',
    assignedPlans: [],
    provisionedPlans: [],
    verifiedDomains: tenant.domains
      .filter((domain) => domain.isVerified)
      .map(({ name, isDefault, isInitial }) => ({ capabilities: '', isDefault, isInitial, name, type: 'Managed' })),
  };
}

function presentDomain({ name, isDefault, isInitial, isVerified }: TenantDomain): Record<string, unknown> {
  return {
    id: name,
    authenticationType: 'Managed',
    availabilityStatus: null,
    isAdminManaged: true,
    isDefault,
    isInitial,
    isRoot: true,
    isVerified,
    supportedServices: [],
    // Passwords do not expire in tenants made since 2021; that is how long "never" is.
    passwordValidityPeriodInDays: 2147483647,
    passwordNotificationWindowInDays: 14,
    state: null,
    manufacturer: null,
    model: null,
  };
}

function chosen(request: GraphCall['request'], shown: Record<string, unknown>): Record<string, unknown> {
  const names = nameList(request.query.select);
  return names.length === 0 ? shown : Object.fromEntries(names.map((name) => [name, shown[name] ?? null]));
}
