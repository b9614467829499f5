import { generate } from 'selfsigned';
import { readConfiguration } from './settings.js';

const settings = { tenantId: 'contoso.onmicrosoft.com', clientId: '0f8fad5b-d9cb-469f-a165-70867728950e' };
const secrets = { clientSecret: 'value' };

describe('settings of an Entra ID directory', () => {
  it('has the addresses of the public cloud unless told otherwise', () => {
    expect(readConfiguration({ name: 'cloud', settings, secrets }).settings).toMatchObject({
      authorityUrl: 'https://login.microsoftonline.com',
      graphUrl: 'https://graph.microsoft.com',
      hybrid: false,
    });
  });

  it.each([
    [{ ...settings, tenantId: 'not/a/tenant' }, 'tenantId'],
    [{ ...settings, clientId: 'tenure' }, 'clientId'],
    [{ ...settings, graphUrl: 'http://graph.example.org' }, 'graphUrl'],
    [{ ...settings, ca: '/etc/ca.pem' }, 'ca'],
    [{ ...settings, tennantId: 'x' }, 'tennantId'],
    [{ ...settings, requestTimeoutMs: 0 }, 'requestTimeoutMs'],
    [undefined, 'settings'],
  ])('refuses %j by the name of the setting', (wrong, named) => {
    const read = () => readConfiguration({ name: 'cloud', settings: wrong, secrets });
    expect(read).toThrow(expect.objectContaining({ category: 'misconfigured' }));
    expect(read).toThrow(`Directory cloud (Entra ID)`);
    expect(read).toThrow(named);
  });

  describe('with a certificate', () => {
    let certificate: string;
    let privateKey: string;
    beforeAll(async () => {
      const made = await generate([{ name: 'commonName', value: 'tenure' }], { keySize: 2048, algorithm: 'sha256' });
      [certificate, privateKey] = [made.cert, made.private];
    });

    it('takes one with its RSA key', () => {
      const { credential } = readConfiguration({ name: 'cloud', settings, secrets: { certificate, privateKey } });
      expect(credential.kind).toBe('certificate');
    });

    it('refuses what cannot sign in', async () => {
      const other = await generate([{ name: 'commonName', value: 'other' }], { keySize: 2048, algorithm: 'sha256' });
      const ec = await generate([{ name: 'commonName', value: 'ec' }], { keyType: 'ec', curve: 'P-256' });
      const wrong: [Record<string, string>, string][] = [
        [{}, 'Give the secret clientSecret'],
        [{ certificate }, 'privateKey'],
        [{ certificate, privateKey, clientSecret: 'x' }, 'not both'],
        [{ certificate: 'x', privateKey }, 'certificate is not a PEM'],
        [{ certificate, privateKey: 'x' }, 'privateKey is not'],
        [{ certificate, privateKey: other.private }, 'does not belong'],
        [{ certificate: ec.cert, privateKey: ec.private }, 'RSA'],
      ];
      for (const [given, words] of wrong) {
        const read = () => readConfiguration({ name: 'cloud', settings, secrets: given });
        expect(read).toThrow(expect.objectContaining({ category: 'misconfigured' }));
        expect(read).toThrow(words);
      }
    });
  });
});
