import { createServer } from 'node:net';

/** Asks the system for a TCP port that nothing listens on. Another program could still take it before it is used. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return listenBriefly(0, host);
}

/** True when nothing listens on the port of that address and this user may listen there. */
export async function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return listenBriefly(port, host).then(
    () => true,
    () => false,
  );
}

/**
 * Checks that a port which somebody chose can be had.
 * @param purpose what it is for, as it stands in the error sentence ("the Temporal server")
 * @param remedy what to do otherwise ("set TEMPORAL_PORT to another one")
 * @throws Error with one sentence when the port is taken or this user may not have it
 */
export async function requirePort(port: number, purpose: string, remedy: string, host = '127.0.0.1'): Promise<void> {
  try {
    await listenBriefly(port, host);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason =
      code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be listened on by this user (${code ?? error})`;
    throw new Error(`Port ${port} on ${host}, meant for ${purpose}, ${reason}: free it, or ${remedy}.`);
  }
}

function listenBriefly(port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : port));
    });
  });
}
