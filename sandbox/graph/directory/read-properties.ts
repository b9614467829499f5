import { badRequest, invalidValue, malformed, valueRequired } from '../http/graph-error.js';
import type { PropertyDefinition, PropertyTable } from './property-definition.js';

const DATE_TIME =
  /^\d{4,}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)$/;
const EDM: Record<'string' | 'boolean' | 'dateTime', string> = {
  string: 'Edm.String',
  boolean: 'Edm.Boolean',
  dateTime: 'Edm.DateTimeOffset',
};

/** The JSON object that a write must carry. */
export function requireObject(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw malformed(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}

/**
 * Reads property values out of a create or update and refuses what Graph refuses: properties that do not exist, that
 * only the service writes, values of another type, empty and overlong text. Annotations (`@odata.…`) are not values.
 */
export function readProperties(
  body: Record<string, unknown>,
  table: PropertyTable,
  resource: 'User' | 'Group',
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body)) {
    if (name.startsWith('@')) continue;
    const definition = table.get(name);
    // A user is an open type, so Graph takes an undeclared name for an extension property that nobody defined. Neither
    // the text nor the code is documented; callers can rely on the status only.
    if (!definition) throw badRequest(`The following extension properties are not available: ${name}.`);
    if (definition.readOnly) throw badRequest(`Property '${name}' is read-only and cannot be set.`);
    values[name] = readValue(name, value, definition, resource);
  }
  return values;
}

function readValue(name: string, value: unknown, definition: PropertyDefinition, resource: 'User' | 'Group'): unknown {
  switch (definition.type) {
    case 'string':
      if (value === null) return null;
      requirePrimitive(value, 'string');
      if (value === '') throw invalidValue(name, resource);
      if ((value as string).length > (definition.maxLength ?? Number.POSITIVE_INFINITY)) {
        throw invalidValue(name, resource, 'InvalidLength');
      }
      return value;
    case 'boolean':
      if (value === null) throw valueRequired(name, resource);
      requirePrimitive(value, 'boolean');
      return value;
    case 'dateTime':
      if (value === null) return null;
      requirePrimitive(value, 'dateTime');
      return value;
    case 'strings':
      return readStrings(name, value, resource);
    default:
      return readComplex(name, value, definition);
  }
}

function requirePrimitive(value: unknown, type: 'string' | 'boolean' | 'dateTime'): void {
  if (typeof value === 'object')
    throw unexpectedNode(Array.isArray(value) ? 'StartArray' : 'StartObject', 'PrimitiveValue');
  const fits = type === 'boolean' ? typeof value === 'boolean' : typeof value === 'string';
  if (!fits || (type === 'dateTime' && !DATE_TIME.test(value as string))) {
    throw malformed(`Cannot convert the literal '${String(value)}' to the expected type '${EDM[type]}'.`);
  }
}

function readStrings(name: string, value: unknown, resource: 'User' | 'Group'): string[] {
  if (value === null) {
    throw malformed(
      `A null value was found for the property named '${name}', which has the expected type ` +
        `'Collection(Edm.String)[Nullable=False]'. The expected type 'Collection(Edm.String)[Nullable=False]' does not allow null values.`,
    );
  }
  if (!Array.isArray(value)) {
    throw unexpectedNode(typeof value === 'object' ? 'StartObject' : 'PrimitiveValue', 'StartArray');
  }
  for (const item of value) {
    requirePrimitive(item, 'string');
    if (item === '') throw invalidValue(name, resource);
  }
  return value as string[];
}

function readComplex(name: string, value: unknown, definition: PropertyDefinition): Record<string, unknown> | null {
  if (value === null) return null;
  if (typeof value !== 'object') throw unexpectedNode('PrimitiveValue', 'StartObject');
  if (Array.isArray(value)) throw unexpectedNode('StartArray', 'StartObject');
  for (const [member, content] of Object.entries(value)) {
    if (member.startsWith('@')) continue;
    const type = definition.members?.[member];
    if (type === undefined) {
      throw malformed(
        `The property '${member}' does not exist on type 'microsoft.graph.${name}'. Make sure to only use property names ` +
          'that are defined by the type.',
      );
    }
    if (content !== null) requirePrimitive(content, type);
  }
  return value as Record<string, unknown>;
}

function unexpectedNode(found: string, expected: string): Error {
  return malformed(
    `An unexpected '${found}' node was found when reading from the JSON reader. A '${expected}' node was expected.`,
  );
}
