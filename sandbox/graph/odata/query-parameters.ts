import { malformed } from '../http/graph-error.js';

/** The OData options that Graph reads, by name without the dollar sign, which Graph lets callers leave out. */
const OPTIONS = [
  'count',
  'deltatoken',
  'expand',
  'filter',
  'format',
  'orderby',
  'search',
  'select',
  'skip',
  'skiptoken',
  'top',
] as const;
type QueryOption = (typeof OPTIONS)[number];

/** The OData options of one request. Whatever else stands in the query string is ignored, as Graph does. */
export type QueryParameters = Partial<Record<QueryOption, string>>;

/** Reads a query string without its question mark. Option names are not case-sensitive. */
export function parseQuery(text: string): QueryParameters {
  const parameters: QueryParameters = {};
  for (const [rawName, value] of new URLSearchParams(text)) {
    const name = rawName.replace(/^\$/, '').toLowerCase();
    const option = OPTIONS.find((known) => known === name);
    if (option === undefined) {
      if (rawName.startsWith('$')) {
        throw malformed(`The query parameter '${rawName}' is not supported.`);
      }
      continue;
    }
    if (parameters[option] !== undefined) {
      throw malformed(`Query option '$${option}' was specified more than once, but it must be specified at most once.`);
    }
    parameters[option] = value;
  }
  return parameters;
}

/** The names in a comma-separated option such as `$select`. */
export function nameList(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
