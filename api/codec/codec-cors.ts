import type { CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface.js';
import type { Request } from 'express';

/** Lets the pages of Temporal's web UI call the codec with the cookie, and no other page call anything. */
export function codecCors(temporalUiUrl: string | undefined): CorsOptionsDelegate<Request> {
  const origin = temporalUiUrl === undefined ? undefined : originsOf(temporalUiUrl);
  return (request, callback) => {
    if (!origin || !request.path.startsWith('/api/v1/codec/')) {
      callback(null as unknown as Error, { origin: false });
      return;
    }
    callback(null as unknown as Error, {
      origin,
      credentials: true,
      methods: ['POST'],
      allowedHeaders: ['Content-Type', 'Authorization', 'X-Namespace'],
      maxAge: 600,
    });
  };
}

/** 127.0.0.1 and localhost are the same machine, but two origins. */
function originsOf(url: string): string[] {
  const { origin } = new URL(url);
  const other = origin.includes('//localhost') ? ['localhost', '127.0.0.1'] : ['127.0.0.1', 'localhost'];
  return [...new Set([origin, origin.replace(`//${other[0]}`, `//${other[1]}`)])];
}
