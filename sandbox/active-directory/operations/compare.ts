import { adError } from '../directory/ad-error.js';
import { type Domain, findTarget } from '../directory/domain.js';
import { attributeDefinition } from '../directory/schema.js';
import { requireUser, type Session } from '../directory/session.js';
import { valueKey } from '../directory/values.js';
import type { RequestControls } from '../wire/controls.js';
import type { CompareRequest } from '../wire/ldap-request.js';
import { valuesOf } from './computed-attributes.js';
import { assertedValue } from './filter.js';

/** Whether an entry has a value (RFC 4511, section 4.10). */
export function compare(domain: Domain, session: Session, request: CompareRequest, controls: RequestControls): boolean {
  requireUser(domain, session);
  const entry = findTarget(domain, request.dn, controls.showDeleted);
  const definition = attributeDefinition(request.attribute);
  if (!definition || definition.secret || definition.constructed) throw adError.unknownAttribute();
  const key = valueKey(definition, assertedValue(domain, definition, request.value));
  return valuesOf(domain, entry, definition.name.toLowerCase()).some((value) => valueKey(definition, value) === key);
}
