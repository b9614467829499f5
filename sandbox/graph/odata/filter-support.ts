import type { FilterOperator, PropertyDefinition, PropertyTable } from '../directory/property-definition.js';
import { type GraphError, malformed, unsupportedQuery } from '../http/graph-error.js';
import type { Filter, Literal } from './filter-syntax.js';

/** What a filter may use: the resource's properties, and whether the caller sent the advanced query parameters. */
export interface FilterScope {
  resource: 'User' | 'Group';
  properties: PropertyTable;
  advanced: boolean;
}

/**
 * Refuses what Graph's index would refuse: unknown properties, operators a property does not support, types that do not
 * compare, and advanced queries without their parameters. Rules and texts: "Advanced query capabilities on Microsoft
 * Entra ID objects".
 */
export function checkFilterSupport(filter: Filter, scope: FilterScope, collection?: PropertyDefinition): void {
  switch (filter.op) {
    case 'and':
    case 'or':
      checkFilterSupport(filter.left, scope, collection);
      checkFilterSupport(filter.right, scope, collection);
      return;
    case 'not':
      requireAdvanced('Not', scope);
      checkFilterSupport(filter.operand, scope, collection);
      return;
    case 'any': {
      const definition = definitionOf(filter.path, scope);
      if (definition.type !== 'strings') throw unsupportedClause(filter.path, scope);
      checkFilterSupport(filter.operand, scope, definition);
      return;
    }
    default:
      checkComparison(filter, scope, collection);
  }
}

type Comparison = Exclude<Filter, { op: 'and' | 'or' | 'not' | 'any' }>;

function checkComparison(filter: Comparison, scope: FilterScope, collection?: PropertyDefinition): void {
  const inLambda = collection !== undefined && filter.path.length === 0;
  const definition = inLambda ? collection : definitionOf(filter.path, scope);
  if (!inLambda && (definition.type === 'strings' || definition.type === 'complexes')) {
    throw unsupportedClause(filter.path, scope);
  }
  const operator = operatorOf(filter);
  const support = operator && definition.filter[operator];
  if (operator === undefined || support === undefined) throw unsupportedClause(filter.path, scope);
  const values = 'values' in filter ? filter.values : [filter.value];
  const advanced = support === 'advanced' || (values.includes(null) && definition.filter.null === 'advanced');
  if (advanced) requireAdvanced(operator, scope);
  for (const value of values) checkType(value, definition);
}

function operatorOf(filter: Comparison): FilterOperator | undefined {
  switch (filter.op) {
    case 'gt':
      return 'ge';
    case 'lt':
      return 'le';
    case 'contains':
      return undefined;
    default:
      return filter.op;
  }
}

function definitionOf(path: string[], scope: FilterScope): PropertyDefinition {
  const [name = '', member] = path;
  const definition = scope.properties.get(name);
  if (!definition || (member !== undefined && definition.members?.[member] === undefined)) {
    throw unsupportedQuery(`Property '${path.join('/')}' does not exist as a declared property or extension property.`);
  }
  return definition;
}

function checkType(value: Literal, definition: PropertyDefinition): void {
  if (value === null) return;
  const expected = definition.type === 'boolean' ? 'boolean' : 'string';
  if (typeof value === expected) return;
  const edm = { boolean: 'Edm.Boolean', string: 'Edm.String', number: 'Edm.Int32' };
  throw malformed(
    `Invalid filter clause: A binary operator with incompatible types was detected. Found operand types ` +
      `'${edm[expected]}' and '${edm[typeof value as keyof typeof edm]}' for operator kind 'Equal'.`,
  );
}

function requireAdvanced(operator: string, scope: FilterScope): void {
  if (scope.advanced) return;
  throw unsupportedQuery(
    `Operator '${operator}' is not supported because the required parameters might be missing. Try adding $count=true ` +
      'query parameter and ConsistencyLevel:eventual header. Refer to https://aka.ms/graph-docs/advanced-queries for more information',
  );
}

function unsupportedClause(path: string[], scope: FilterScope): GraphError {
  return unsupportedQuery(
    `Unsupported or invalid query filter clause specified for property '${path.join('/')}' of resource '${scope.resource}'.`,
  );
}
