/** As much of Express's router as is read here. */
interface ExpressWithRouter {
  router?: { stack?: Layer[] };
}
interface Layer {
  match?(path: string): boolean;
  route?: { methods?: Record<string, boolean> };
}

const MOST_METHODS = 5;

/** The methods that the routes of a path offer, in capitals; none when there is no such path. */
export function allowedMethods(express: ExpressWithRouter, path: string): string[] {
  const methods = new Set<string>();
  for (const layer of express.router?.stack ?? []) {
    if (!layer.route?.methods || !matches(layer, path)) continue;
    // Middleware that Nest mounts for every method of every path is no route of ours.
    if (Object.keys(layer.route.methods).length > MOST_METHODS) continue;
    for (const [method, offered] of Object.entries(layer.route.methods)) {
      if (offered && !method.startsWith('_')) methods.add(method.toUpperCase());
    }
  }
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match?.(path) ?? false;
  } catch {
    // A path with a broken percent-encoding matches nothing.
    return false;
  }
}
