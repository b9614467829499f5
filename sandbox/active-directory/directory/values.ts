import { adError } from './ad-error.js';
import { comparisonKey } from './comparison.js';
import { parseDn, rdnKey } from './distinguished-name.js';
import type { AttributeDefinition } from './schema.js';

/** A stored value: bytes for octets and SIDs, text for everything else. */
export type Value = string | Buffer;

const INTEGER = /^-?(0|[1-9]\d{0,18})$/;
const TIME = /^\d{14}(\.\d+)?Z$/;

/**
 * Turns a value from the wire into a stored one and checks it against the attribute's syntax and range.
 * @throws AdError invalidAttributeSyntax or constraintViolation
 */
export function readValue(definition: AttributeDefinition, wire: Buffer): Value {
  if (wire.length === 0) throw adError.badValue(definition.name);
  const { syntax, upper, name } = definition;
  if (syntax === 'octets' || syntax === 'sid') {
    if (upper !== undefined && wire.length > upper) throw adError.outOfRange(name);
    return Buffer.from(wire);
  }
  const text = wire.toString('utf8');
  if (!fitsSyntax(definition, text)) throw adError.badValue(name);
  if (upper !== undefined && (syntax === 'text' || syntax === 'ascii') && text.length > upper) {
    throw adError.outOfRange(name);
  }
  return text;
}

function fitsSyntax({ syntax }: AttributeDefinition, text: string): boolean {
  switch (syntax) {
    case 'integer':
      return INTEGER.test(text) && Number(text) >= -2_147_483_648 && Number(text) <= 2_147_483_647;
    case 'largeInteger':
      return INTEGER.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    case 'boolean':
      return text === 'TRUE' || text === 'FALSE';
    case 'time':
      return TIME.test(text);
    case 'ascii':
      return /^[\x20-\x7e]*$/.test(text);
    case 'dn':
      return isDn(text);
    default:
      return !text.includes('\u0000');
  }
}

/** The bytes of a stored value on the wire. */
export function writeValue(value: Value): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
}

/** The key by which two values of an attribute are the same value. */
export function valueKey(definition: AttributeDefinition, value: Value): string {
  if (typeof value !== 'string') return value.toString('latin1');
  switch (definition.syntax) {
    case 'text':
    case 'class':
      return comparisonKey(value);
    case 'dn':
      return dnKey(value);
    case 'integer':
    case 'largeInteger':
      return INTEGER.test(value) ? BigInt(value).toString() : value;
    default:
      return value;
  }
}

function dnKey(text: string): string {
  return isDn(text) ? parseDn(text).map(rdnKey).join(',') : text.toLowerCase();
}

function isDn(text: string): boolean {
  try {
    parseDn(text);
    return true;
  } catch {
    return false;
  }
}

/** Compares two values for `>=` and `<=` filters: below zero, zero or above zero. */
export function compareValues(definition: AttributeDefinition, a: Value, b: Value): number {
  if (typeof a !== 'string' || typeof b !== 'string') return Buffer.compare(writeValue(a), writeValue(b));
  if (definition.syntax === 'integer' || definition.syntax === 'largeInteger') {
    if (!INTEGER.test(a) || !INTEGER.test(b)) return Number.NaN;
    const [left, right] = [BigInt(a), BigInt(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  }
  const [left, right] = [valueKey(definition, a), valueKey(definition, b)];
  return left < right ? -1 : left > right ? 1 : 0;
}
