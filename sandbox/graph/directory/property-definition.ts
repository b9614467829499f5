/** The EDM type of a property, as far as the directory needs to tell types apart. */
export type PropertyType = 'string' | 'boolean' | 'dateTime' | 'strings' | 'complex' | 'complexes';

/** The comparisons that `$filter` knows for a property. */
export type FilterOperator = 'eq' | 'ne' | 'not' | 'ge' | 'le' | 'in' | 'startsWith' | 'endsWith' | 'null';

/** `basic` works always; `advanced` needs `ConsistencyLevel: eventual` and `$count=true`. */
export type FilterSupport = Partial<Record<FilterOperator, 'basic' | 'advanced'>>;

/** What the directory knows of one property of a user or group. */
export interface PropertyDefinition {
  type: PropertyType;
  /** Only the service itself writes it. */
  readOnly: boolean;
  /** Stays writable in the cloud on an object that Active Directory owns. */
  cloudOwned: boolean;
  /** In UTF-16 code units. */
  maxLength?: number;
  /** Members of a complex value and the types they have. */
  members?: Record<string, 'string' | 'boolean'>;
  filter: FilterSupport;
  /** Part of the answer when the caller does not `$select`. */
  byDefault: boolean;
}

/** The properties of one type of directory object, by name. */
export type PropertyTable = ReadonlyMap<string, PropertyDefinition>;

/**
 * Reads the short notation of the property tables: operators as Microsoft's table of filter support names them, with a
 * star behind those that need advanced query parameters.
 * @example filterSupport('eq ne* in startsWith null*')
 */
export function filterSupport(notation: string): FilterSupport {
  const support: FilterSupport = {};
  for (const word of notation.split(' ').filter(Boolean)) {
    const advanced = word.endsWith('*');
    support[(advanced ? word.slice(0, -1) : word) as FilterOperator] = advanced ? 'advanced' : 'basic';
  }
  return support;
}

/** Makes a definition from its type and whatever is special about it. */
export function property(
  type: PropertyType,
  filter = '',
  special: Partial<Omit<PropertyDefinition, 'type' | 'filter'>> = {},
): PropertyDefinition {
  return { type, filter: filterSupport(filter), readOnly: false, cloudOwned: false, byDefault: false, ...special };
}
