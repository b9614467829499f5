import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A stretch of network between the connector and a directory that a test can disturb. */
export interface NetworkProxy {
  url: string;
  /** Connections that were opened so far, and those that are open. */
  readonly opened: number;
  readonly open: number;
  /** The greatest number of connections that were open at a time. */
  readonly most: number;
  /** Lets nothing from the directory through any more. */
  mute(on: boolean): void;
  /** Refuses new connections and leaves those that are open. */
  refuse(): void;
  /** Cuts what is open; new connections are taken as before. */
  cut(): void;
  /** Cuts a connection when the directory answers its so-manieth next request. */
  cutAtAnswer(count: number): void;
  stop(): Promise<void>;
}

/** Starts a proxy before a directory at 127.0.0.1. */
export async function startProxy(target: string): Promise<NetworkProxy> {
  const { hostname, port } = new URL(target);
  const pairs = new Set<[Socket, Socket]>();
  let muted = false;
  let opened = 0;
  let most = 0;
  let cutAt = 0;
  const server = createServer((client) => {
    opened++;
    const upstream = connect(Number(port), hostname);
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    most = Math.max(most, pairs.size);
    const end = () => {
      for (const socket of pair) socket.destroy();
      pairs.delete(pair);
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (cutAt > 0 && --cutAt === 0) end();
      else if (!muted) client.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = () => {
    for (const [client] of pairs) client.destroy();
  };
  return {
    url: `ldaps://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get opened() {
      return opened;
    },
    get open() {
      return pairs.size;
    },
    get most() {
      return most;
    },
    mute: (on) => {
      muted = on;
    },
    refuse: () => {
      server.close();
    },
    cut,
    cutAtAnswer: (count) => {
      cutAt = count;
    },
    stop: async () => {
      server.close();
      cut();
      if (server.listening) await once(server, 'close');
    },
  };
}
