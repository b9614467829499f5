import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect, createServer } from 'node:tls';
import { createServerCertificate } from './certificates.js';

describe('createServerCertificate', () => {
  it('makes a certificate that a client trusts as its own CA, by name and by address', async () => {
    const { cert, key } = await createServerCertificate(['localhost', '127.0.0.1']);
    const server = createServer({ cert, key }, (socket) => socket.end()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    for (const host of ['127.0.0.1', 'localhost']) {
      const socket = connect({
        port,
        host: '127.0.0.1',
        ca: cert,
        servername: host === 'localhost' ? host : undefined,
      });
      await once(socket, 'secureConnect');
      expect(socket.authorized).toBe(true);
      socket.destroy();
    }
    const stranger = connect({ port, host: '127.0.0.1', ca: (await createServerCertificate()).cert });
    await expect(once(stranger, 'secureConnect')).rejects.toThrow(/self-signed|verify/i);
    server.close();
  });
});
