import type { Route } from './graph-call.js';
import { GraphError, malformed } from './graph-error.js';

interface CompiledRoute {
  route: Route;
  segments: string[];
}

/** Type names that may follow a collection as a cast; every other qualified name is an action or a function. */
const CASTS = new Set(['microsoft.graph.user', 'microsoft.graph.group']);

/** Finds the operation that a request asks for. */
export class Router {
  readonly #routes: CompiledRoute[];

  /** @param routes where two fit, the earlier one is taken */
  constructor(routes: readonly Route[]) {
    this.#routes = routes.map((route) => ({ route, segments: route.path.split('/') }));
  }

  /** Throws Graph's refusals of unknown segments and of methods that a segment does not have. */
  match(method: string, path: readonly string[]): { route: Route; params: Record<string, string> } {
    const normal = path.map(shortName);
    let known = false;
    for (const { route, segments } of this.#routes) {
      const params = bind(segments, normal, path);
      if (!params) continue;
      if (route.method === method) return { route, params };
      known = true;
    }
    if (known) {
      throw new GraphError(405, 'Request_BadRequest', 'Specified HTTP method is not allowed for the request target.');
    }
    throw malformed(`Resource not found for the segment '${this.#unknownSegment(normal)}'.`);
  }

  #unknownSegment(path: readonly string[]): string {
    let longest = 0;
    for (const { segments } of this.#routes) {
      let fit = 0;
      while (fit < path.length && fit < segments.length && fits(segments[fit] ?? '', path[fit] ?? '')) fit++;
      longest = Math.max(longest, fit);
    }
    return path[Math.min(longest, path.length - 1)] ?? '';
  }
}

function bind(segments: string[], path: readonly string[], raw: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== path.length) return undefined;
  const params: Record<string, string> = {};
  for (const [i, segment] of segments.entries()) {
    if (!fits(segment, path[i] ?? '')) return undefined;
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = raw[i] ?? '';
  }
  return params;
}

function fits(segment: string, text: string): boolean {
  return segment.startsWith('{') ? !text.startsWith('$') : segment.toLowerCase() === text.toLowerCase();
}

/** `delta()` and `microsoft.graph.delta()` are `delta`. */
function shortName(segment: string): string {
  const name = segment.endsWith('()') ? segment.slice(0, -2) : segment;
  return name.startsWith('microsoft.graph.') && !CASTS.has(name) ? name.slice('microsoft.graph.'.length) : name;
}
