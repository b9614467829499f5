import { badRequest } from '../http/graph-error.js';
import { requireObject } from './read-properties.js';

const REFERENCE = /^https:\/\/[^/]+\/(?:v1\.0|beta)\/(?:directoryObjects|users|groups)(?:\/([^/?]+)|\('([^']+)'\))$/i;

/** Reads the id out of the body of a `$ref` request: `{ "@odata.id": "https://…/v1.0/directoryObjects/{id}" }`. */
export function readReference(body: unknown): string {
  return parseReference(requireObject(body)['@odata.id'], '@odata.id');
}

/** Reads the id out of one reference URL. */
export function parseReference(url: unknown, member: string): string {
  const match = typeof url === 'string' ? REFERENCE.exec(url) : null;
  const id = match?.[1] ?? match?.[2];
  if (id === undefined)
    throw badRequest(`Invalid URL format specified in ${member} for members: ${JSON.stringify(url)}.`);
  return decodeURIComponent(id);
}
