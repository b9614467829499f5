import { adError } from '../directory/ad-error.js';
import { type Domain, findTarget } from '../directory/domain.js';
import type { Entry } from '../directory/entry.js';
import { guidFromText, sidFromText } from '../directory/identifiers.js';
import {
  type AttributeDefinition,
  attributeDefinition,
  BACKLINKS,
  categoryDn,
  classDefinition,
} from '../directory/schema.js';
import { compareValues, type Value, valueKey } from '../directory/values.js';
import type { LdapFilter } from '../wire/ldap-filter.js';
import { reachable, valuesOf } from './computed-attributes.js';

/** True, false, or undefined where the filter does not apply to the entry (RFC 4511, section 4.5.1.7). */
export type Matcher = (entry: Entry) => boolean | undefined;

const BIT_AND = '1.2.840.113556.1.4.803';
const BIT_OR = '1.2.840.113556.1.4.804';
const IN_CHAIN = '1.2.840.113556.1.4.1941';

const undefinedMatcher: Matcher = () => undefined;

/**
 * Turns a filter into a function, so that its values are prepared once and not for every entry.
 * @throws AdError inappropriateMatching for constructed attributes ([MS-ADTS] 3.1.1.3.1.3.1)
 */
export function compileFilter(domain: Domain, filter: LdapFilter): Matcher {
  switch (filter.kind) {
    case 'and':
      return every(filter.filters.map((each) => compileFilter(domain, each)));
    case 'or':
      return some(filter.filters.map((each) => compileFilter(domain, each)));
    case 'not': {
      const matcher = compileFilter(domain, filter.filter);
      return (entry) => negate(matcher(entry));
    }
    default:
      return compileLeaf(domain, filter);
  }
}

type Leaf = Exclude<LdapFilter, { kind: 'and' | 'or' | 'not' }>;

function compileLeaf(domain: Domain, filter: Leaf): Matcher {
  const definition = filter.attribute === undefined ? undefined : attributeDefinition(filter.attribute);
  if (!definition || definition.secret) return undefinedMatcher;
  if (definition.constructed) throw adError.constructedInFilter();
  const name = definition.name.toLowerCase();
  switch (filter.kind) {
    case 'present':
      return (entry) => valuesOf(domain, entry, name).length > 0;
    case 'substrings':
      return substrings(domain, definition, filter);
    case 'extensible':
      return extensible(domain, definition, filter);
    case 'atLeast':
    case 'atMost': {
      const wanted = assertedValue(domain, definition, filter.value);
      const fits = (order: number): boolean => (filter.kind === 'atLeast' ? order >= 0 : order <= 0);
      return (entry) => valuesOf(domain, entry, name).some((value) => fits(compareValues(definition, value, wanted)));
    }
    default:
      return equality(domain, definition, filter.value);
  }
}

function equality(domain: Domain, definition: AttributeDefinition, value: Buffer): Matcher {
  const name = definition.name.toLowerCase();
  const forward = BACKLINKS.get(name);
  if (definition.link || forward !== undefined || name === 'distinguishedname') {
    const target = linkedEntry(domain, value);
    if (!target) return () => false;
    if (name === 'distinguishedname') return (entry) => entry === target;
    return (entry) =>
      (forward === undefined ? entry.links.get(name) : entry.backlinks.get(forward))?.has(target.id) === true;
  }
  const key = valueKey(definition, assertedValue(domain, definition, value));
  return (entry) => entry.attributes.get(name)?.some((stored) => valueKey(definition, stored) === key) === true;
}

/** The value of an assertion as it would be stored; GUIDs, SIDs and categories have text forms, too. */
export function assertedValue(domain: Domain, definition: AttributeDefinition, value: Buffer): Value {
  const text = value.toString('utf8');
  if (definition.syntax === 'octets') {
    return definition.name === 'objectGUID' && /^[0-9a-f-]{36}$/i.test(text) ? guidFromText(text) : value;
  }
  if (definition.syntax === 'sid') return /^S-1-\d+(-\d+)+$/i.test(text) ? sidFromText(text) : value;
  if (definition.name === 'objectCategory' && !text.includes('=')) {
    return categoryDn(classDefinition(text)?.category ?? text, domain.baseDn);
  }
  return text;
}

/** The entry a DN in a filter means, or undefined when there is none. */
export function linkedEntry(domain: Domain, value: Buffer): Entry | undefined {
  try {
    return findTarget(domain, value.toString('utf8'), true);
  } catch {
    return undefined;
  }
}

function substrings(
  domain: Domain,
  definition: AttributeDefinition,
  filter: LdapFilter & { kind: 'substrings' },
): Matcher {
  if (definition.syntax === 'dn') return undefinedMatcher;
  const name = definition.name.toLowerCase();
  const asKey = (part: Buffer | undefined): string =>
    part === undefined ? '' : valueKey(definition, definition.syntax === 'octets' ? part : part.toString('utf8'));
  const [initial, final] = [asKey(filter.initial), asKey(filter.final)];
  const any = filter.any.map(asKey);
  return (entry) =>
    valuesOf(domain, entry, name).some((value) => {
      const key = valueKey(definition, value);
      if (!key.startsWith(initial)) return false;
      let from = initial.length;
      for (const part of any) {
        const at = key.indexOf(part, from);
        if (at < 0) return false;
        from = at + part.length;
      }
      return key.length - from >= final.length && key.endsWith(final);
    });
}

/** AD's three matching rules ([MS-ADTS] 3.1.1.3.4.4). Other rules apply to nothing. */
function extensible(
  domain: Domain,
  definition: AttributeDefinition,
  filter: LdapFilter & { kind: 'extensible' },
): Matcher {
  const name = definition.name.toLowerCase();
  if (filter.rule === undefined) return equality(domain, definition, filter.value);
  if (filter.rule === IN_CHAIN) return inChain(domain, name, filter.value);
  const text = filter.value.toString('utf8');
  const isNumber = definition.syntax === 'integer' || definition.syntax === 'largeInteger';
  if (!isNumber || !/^-?\d{1,19}$/.test(text) || (filter.rule !== BIT_AND && filter.rule !== BIT_OR)) {
    return undefinedMatcher;
  }
  const mask = BigInt(text);
  return (entry) =>
    entry.attributes.get(name)?.some((value) => {
      const common = BigInt(value as string) & mask;
      return filter.rule === BIT_AND ? common === mask : common !== 0n;
    }) === true;
}

function inChain(domain: Domain, name: string, value: Buffer): Matcher {
  const target = linkedEntry(domain, value);
  if (!target) return () => false;
  const forward = BACKLINKS.get(name);
  const found = reachable(domain, target, (entry) =>
    forward === undefined ? entry.backlinks.get(name) : entry.links.get(forward),
  );
  return (entry) => found.has(entry);
}

function every(matchers: Matcher[]): Matcher {
  return (entry) => {
    let result: boolean | undefined = true;
    for (const matcher of matchers) {
      const outcome = matcher(entry);
      if (outcome === false) return false;
      if (outcome === undefined) result = undefined;
    }
    return result;
  };
}

function some(matchers: Matcher[]): Matcher {
  return (entry) => {
    let result: boolean | undefined = false;
    for (const matcher of matchers) {
      const outcome = matcher(entry);
      if (outcome === true) return true;
      if (outcome === undefined) result = undefined;
    }
    return result;
  };
}

function negate(outcome: boolean | undefined): boolean | undefined {
  return outcome === undefined ? undefined : !outcome;
}
