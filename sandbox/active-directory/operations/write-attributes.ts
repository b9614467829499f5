import { AdError, adError, RESULT_CODES } from '../directory/ad-error.js';
import { type Domain, findTarget } from '../directory/domain.js';
import { type Entry, type EntryDraft, numberOf } from '../directory/entry.js';
import { relativeId } from '../directory/identifiers.js';
import { type AttributeDefinition, allows, attributeDefinition } from '../directory/schema.js';
import { readValue, type Value, valueKey } from '../directory/values.js';
import type { WireChange } from '../wire/ldap-request.js';

/** Attributes that AD writes by rules of their own; see the operations. */
const NAMING = new Set(['cn', 'ou', 'dc', 'name']);

/**
 * The schema's word on an attribute that a client wants to write.
 * @throws AdError when it is unknown, not the client's to write, or not of the entry's class
 */
export function writable(draft: EntryDraft, name: string): AttributeDefinition {
  const definition = attributeDefinition(name);
  if (!definition) throw adError.unknownAttribute();
  if (definition.writer === 'sam') throw adError.ownedBySam();
  if (definition.writer === 'system') throw adError.systemOnly(definition.name);
  if (!allows(draft.kind, definition.name)) throw adError.notInClass();
  return definition;
}

/** Applies one change to the draft. `permissive` forgives values that are there already or gone already. */
export function applyChange(domain: Domain, draft: EntryDraft, change: WireChange, permissive: boolean): void {
  const lowerName = change.name.toLowerCase();
  if (NAMING.has(lowerName) && (lowerName === 'name' || lowerName === draft.kind.rdnType.toLowerCase())) {
    throw adError.rdnChange();
  }
  if (lowerName === 'objectclass') throw adError.classChange();
  const definition = writable(draft, change.name);
  if (definition.link) applyLinkChange(domain, draft, definition, change, permissive);
  else applyValueChange(draft, definition, change, permissive);
}

/** Whether the attribute takes several values. AD treats the description of users and groups as single-valued. */
function isMulti(definition: AttributeDefinition, draft: EntryDraft): boolean {
  return definition.multi && !(definition.name === 'description' && draft.kind.principal !== undefined);
}

function applyValueChange(
  draft: EntryDraft,
  definition: AttributeDefinition,
  change: WireChange,
  permissive: boolean,
): void {
  const { name } = definition;
  const current = draft.attributes.get(name.toLowerCase()) ?? [];
  const values = change.values.map((value) => readValue(definition, value));
  if (change.kind === 'delete') {
    draft.set(name, ...without(definition, current, values, permissive));
    return;
  }
  const kept = change.kind === 'replace' ? [] : current;
  const result = withAll(definition, kept, values, permissive);
  if (result.length > 1 && !isMulti(definition, draft)) {
    throw draft.current ? adError.twoValues(name) : adError.singleValued(name);
  }
  draft.set(name, ...result);
}

function withAll(definition: AttributeDefinition, kept: Value[], added: Value[], permissive: boolean): Value[] {
  const keys = new Set(kept.map((value) => valueKey(definition, value)));
  const result = [...kept];
  for (const value of added) {
    const key = valueKey(definition, value);
    if (!keys.has(key)) result.push(value);
    else if (!permissive) throw adError.valueExists(definition.name);
    keys.add(key);
  }
  return result;
}

function without(definition: AttributeDefinition, current: Value[], removed: Value[], permissive: boolean): Value[] {
  if (current.length === 0 && !permissive) throw adError.valueAbsent(definition.name);
  if (removed.length === 0) return [];
  const keys = new Set(removed.map((value) => valueKey(definition, value)));
  const result = current.filter((value) => !keys.has(valueKey(definition, value)));
  if (current.length - result.length < keys.size && !permissive) throw adError.valueAbsent(definition.name);
  return result;
}

function applyLinkChange(
  domain: Domain,
  draft: EntryDraft,
  definition: AttributeDefinition,
  change: WireChange,
  permissive: boolean,
): void {
  const name = definition.name.toLowerCase();
  const linked = draft.linkTargets(name);
  if (change.kind === 'replace' || (change.kind === 'delete' && change.values.length === 0)) {
    if (change.kind === 'delete' && linked.length === 0 && !permissive) throw adError.valueAbsent(definition.name);
    for (const target of linked) draft.link(name, target, false);
  }
  if (change.kind === 'delete') {
    for (const value of change.values) unlink(domain, draft, definition, value, permissive);
    return;
  }
  for (const value of change.values) link(domain, draft, definition, value, permissive);
  if (!definition.multi && draft.linkTargets(name).length > 1) {
    throw draft.current && change.kind === 'add'
      ? adError.twoValues(definition.name)
      : adError.singleValued(definition.name);
  }
}

function link(
  domain: Domain,
  draft: EntryDraft,
  definition: AttributeDefinition,
  value: Buffer,
  permissive: boolean,
): void {
  const name = definition.name.toLowerCase();
  const target = findLinkTarget(domain, value);
  if (!target) throw name === 'member' ? adError.noSuchObject('') : adError.badReference(definition.name);
  const present = draft.links(name, target.id) || (name === 'member' && isPrimaryGroup(draft, target));
  if (present && permissive) return;
  if (present) throw name === 'member' ? adError.alreadyMember() : adError.valueExists(definition.name);
  draft.link(name, target.id, true);
}

function unlink(
  domain: Domain,
  draft: EntryDraft,
  definition: AttributeDefinition,
  value: Buffer,
  permissive: boolean,
): void {
  const name = definition.name.toLowerCase();
  const target = findLinkTarget(domain, value);
  if (target && draft.links(name, target.id)) draft.link(name, target.id, false);
  else if (!permissive) throw name === 'member' ? adError.notMember() : adError.valueAbsent(definition.name);
}

/** Who is in a group as their primary group is in it already, without a member value. */
function isPrimaryGroup(group: EntryDraft, member: Entry): boolean {
  const sid = group.attributes.get('objectsid')?.[0];
  return Buffer.isBuffer(sid) && numberOf(member, 'primaryGroupID') === relativeId(sid);
}

function findLinkTarget(domain: Domain, value: Buffer): Entry | undefined {
  if (value.length === 0) throw adError.badValue('member');
  try {
    return findTarget(domain, value.toString('utf8'), false);
  } catch (error) {
    if (error instanceof AdError && error.code === RESULT_CODES.invalidDNSyntax) throw error;
    return undefined;
  }
}
