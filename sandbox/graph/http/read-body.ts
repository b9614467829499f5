import type { IncomingMessage } from 'node:http';
import { GraphError, malformed } from './graph-error.js';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** Reads a request's whole body. Throws when it is larger than Graph takes. */
export async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new GraphError(413, 'RequestEntityTooLarge', 'The request entity is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Parses a JSON body; an empty one is undefined. */
export function parseJson(text: string, contentType: string | undefined): unknown {
  if (text.trim() === '') return undefined;
  try {
    if (/json/i.test(contentType ?? '')) return JSON.parse(text);
  } catch {
    // Falls through to the refusal.
  }
  throw malformed(
    'Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.',
  );
}
