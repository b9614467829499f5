import { generateKeyPairSync, randomUUID } from 'node:crypto';
import fc from 'fast-check';
import {
  type EnvelopeContext,
  EnvelopeError,
  type EnvelopePrivateKey,
  type EnvelopePublicKey,
  openPassword,
  sealPassword,
} from './password-envelope.js';

function keyPair(id: string): { own: EnvelopePrivateKey; recipient: EnvelopePublicKey } {
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  return { own: { id, privateKey }, recipient: { id, publicKey } };
}

describe('the password envelope', () => {
  const { own, recipient } = keyPair('envelope-1');
  const context: EnvelopeContext = { person: randomUUID(), directory: 'corp-ad', request: randomUUID() };

  it('opens to the password that was sealed, whatever its characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 300 }), (password) => {
        expect(openPassword([own], sealPassword(recipient, password, context), context)).toBe(password);
      }),
      { numRuns: 50 },
    );
  });

  it('shows neither the password nor its length', () => {
    const short = sealPassword(recipient, 'x', context);
    const long = sealPassword(recipient, 'correct horse battery staple', context);
    expect(long.sealed.includes('battery')).toBe(false);
    expect(long.sealed.length).toBe(short.sealed.length);
  });

  it('seals the same password differently each time', () => {
    const [a, b] = [sealPassword(recipient, 'same', context), sealPassword(recipient, 'same', context)];
    expect(a.sealed.subarray(33).equals(b.sealed.subarray(33))).toBe(false);
  });

  it.each([
    ['person', { ...context, person: randomUUID() }],
    ['directory', { ...context, directory: 'other' }],
    ['request', { ...context, request: randomUUID() }],
    ['split of the same characters', { ...context, person: `${context.person}corp`, directory: '-ad' }],
  ])('opens for no other %s', (_, other) => {
    const envelope = sealPassword(recipient, 'secret', context);
    expect(() => openPassword([own], envelope, other)).toThrow(EnvelopeError);
  });

  it('does not open when any byte was changed', () => {
    const envelope = sealPassword(recipient, 'secret', context);
    for (let at = 0; at < envelope.sealed.length; at += 7) {
      const sealed = Buffer.from(envelope.sealed);
      sealed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
      expect(() => openPassword([own], { ...envelope, sealed }, context)).toThrow(EnvelopeError);
    }
    for (const length of [0, 1, 32, 48, 60]) {
      const sealed = envelope.sealed.subarray(0, length);
      expect(() => openPassword([own], { ...envelope, sealed }, context)).toThrow(EnvelopeError);
    }
  });

  it('opens with an earlier key after a rotation, and not with another of the same id', () => {
    const next = keyPair('envelope-2');
    const envelope = sealPassword(recipient, 'secret', context);
    expect(openPassword([next.own, own], envelope, context)).toBe('secret');
    expect(() => openPassword([next.own], envelope, context)).toThrow(/"envelope-1", which is not in the keyring/);
    expect(() => openPassword([{ ...next.own, id: own.id }], envelope, context)).toThrow(/does not open/);
  });

  it('says nothing of the password when it fails', () => {
    const envelope = sealPassword(recipient, 'marker-password', context);
    try {
      openPassword([own], envelope, { ...context, directory: 'other' });
      throw new Error('it opened');
    } catch (error) {
      expect(`${(error as Error).stack}${JSON.stringify(error)}`).not.toContain('marker');
    }
  });
});
