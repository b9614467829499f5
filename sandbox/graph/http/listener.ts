import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Longer than any client keeps an idle connection, so that it is never the server that drops one under a request. */
const KEEP_ALIVE_MS = 120_000;

/** An HTTPS server that can stop accepting connections and come back on the same port. */
export class Listener {
  #server: Server | undefined;
  #port: number;
  #transition: Promise<void> = Promise.resolve();

  constructor(
    private readonly certificate: { cert: string; key: string },
    private readonly host: string,
    port: number,
    private readonly handler: RequestListener,
  ) {
    this.#port = port;
  }

  /** The port it listens on; what it was made with, or the one the system chose. */
  get port(): number {
    return this.#port;
  }

  /** Starts listening; nothing happens when it does already. */
  open(): Promise<void> {
    return this.#then(async () => {
      if (this.#server) return;
      const server = createServer({ ...this.certificate, keepAliveTimeout: KEEP_ALIVE_MS }, this.handler);
      server.listen(this.#port, this.host);
      await once(server, 'listening');
      this.#port = (server.address() as AddressInfo).port;
      this.#server = server;
    });
  }

  /** Breaks every connection and refuses new ones. */
  close(): Promise<void> {
    return this.#then(async () => {
      const server = this.#server;
      this.#server = undefined;
      if (!server) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    });
  }

  #then(step: () => Promise<void>): Promise<void> {
    const result = this.#transition.then(step);
    this.#transition = result.catch(() => undefined);
    return result;
  }
}
