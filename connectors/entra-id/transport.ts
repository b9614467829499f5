import { Agent, request as httpsRequest } from 'node:https';
import { createSecureContext, rootCertificates } from 'node:tls';

/** One HTTP exchange as it goes out. */
export interface Outgoing {
  method: string;
  headers: Record<string, string>;
  body?: string;
  /** Gives up when aborted. */
  signal?: AbortSignal;
}

/** Why no answer arrived. Whether the request was carried out is unknown. */
export class TransportError extends Error {
  override readonly name = 'TransportError';

  constructor(
    readonly kind: 'aborted' | 'timeout' | 'connection' | 'certificate',
    message: string,
    /** Node's code: ECONNRESET, CERT_HAS_EXPIRED, … */
    readonly code?: string,
  ) {
    super(message);
  }
}

// OpenSSL's verification errors, by the names that Node gives them (https://nodejs.org/api/tls.html#x509-certificate-error-codes).
const CERTIFICATE_CODES = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|HOSTNAME_MISMATCH|^ERR_TLS_|^ERR_SSL_/;

/**
 * HTTPS with kept-alive connections, of which there is a bounded number, and an end in time. The global `fetch` has
 * neither a bound nor a way to trust another certificate authority.
 */
export class Transport {
  private readonly agent: Agent;

  constructor(private readonly options: { maxConnections: number; requestTimeoutMs: number; ca?: string }) {
    this.agent = new Agent({
      keepAlive: true,
      maxSockets: options.maxConnections,
      maxFreeSockets: options.maxConnections,
      // Not as `ca`: Node would make the names of connections from it, 200 KB of text several times a request.
      ...(options.ca && { secureContext: createSecureContext({ ca: [...rootCertificates, options.ca] }) }),
    });
  }

  /**
   * The whole answer, whatever its status.
   * @throws TransportError when none arrived, or only part of one
   */
  async send(url: string, outgoing: Outgoing): Promise<Response> {
    const timeout = AbortSignal.timeout(this.options.requestTimeoutMs);
    const signal = outgoing.signal ? AbortSignal.any([outgoing.signal, timeout]) : timeout;
    try {
      return await this.exchange(url, outgoing, signal);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const host = new URL(url).host;
      if (outgoing.signal?.aborted)
        throw new TransportError('aborted', 'The request was given up by its caller.', code);
      if (timeout.aborted) {
        const seconds = this.options.requestTimeoutMs / 1000;
        throw new TransportError('timeout', `${host} did not answer within ${seconds} s.`, 'ETIMEDOUT');
      }
      const kind = code !== undefined && CERTIFICATE_CODES.test(code) ? 'certificate' : 'connection';
      throw new TransportError(kind, `${host}: ${(error as Error).message || code}`, code);
    }
  }

  /** Ends every connection, also those in use. */
  close(): void {
    this.agent.destroy();
  }

  private exchange(url: string, outgoing: Outgoing, signal: AbortSignal): Promise<Response> {
    return new Promise((resolve, reject) => {
      const headers: Record<string, string | number> = { ...outgoing.headers };
      if (outgoing.body !== undefined) headers['content-length'] = Buffer.byteLength(outgoing.body);
      else if (outgoing.method !== 'GET' && outgoing.method !== 'DELETE') headers['content-length'] = 0;
      const request = httpsRequest(url, { method: outgoing.method, headers, agent: this.agent, signal });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // A kept connection that the server had closed meanwhile: a read is sent again on another one
        // (https://nodejs.org/api/http.html#requestreusedsocket).
        if (request.reusedSocket && error.code === 'ECONNRESET' && outgoing.method === 'GET' && !signal.aborted) {
          resolve(this.exchange(url, outgoing, signal));
        } else reject(error);
      });
      request.on('response', (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          const empty = status === 204 || status === 205 || status === 304;
          const fields = Object.entries(incoming.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          try {
            resolve(new Response(empty ? null : Buffer.concat(chunks), { status, headers: fields }));
          } catch (error) {
            reject(error);
          }
        });
      });
      request.end(outgoing.body);
    });
  }
}
