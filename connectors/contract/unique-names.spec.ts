import fc from 'fast-check';
import { uniqueCandidate } from '../../domain/mapping/unique-name.js';
import { uniqueNameCandidates, withUniqueNames } from './unique-names.js';

describe('unique-name candidates', () => {
  it.each([
    ['jane.doe', undefined, 1, 'jane.doe'],
    ['jane.doe', undefined, 2, 'jane.doe2'],
    ['jane.doe', undefined, 13, 'jane.doe13'],
    ['jane.doe@example.org', undefined, 2, 'jane.doe2@example.org'],
    ['"a@b"@example.org', undefined, 3, '"a@b"3@example.org'],
    ['abcdefghijklmnopqrst', 20, 1, 'abcdefghijklmnopqrst'],
    ['abcdefghijklmnopqrst', 20, 2, 'abcdefghijklmnopqrs2'],
    ['abcdefghijklmnopqrst', 20, 100, 'abcdefghijklmnopq100'],
    ['abcdefghijklmnopqrstuvw@example.org', 20, 2, 'abcdefghijklmnopqrs2@example.org'],
    ['maximiliane.von-hohenstein', 12, 1, 'maximiliane'],
    ['ab😀cd', 3, 1, 'ab'],
  ])('%s within %s characters, number %i, is %s', (base, maxLength, n, expected) => {
    expect(uniqueCandidate({ attribute: 'sAMAccountName', base, maxLength }, n)).toBe(expected);
  });

  it('moves all names of a draft together', () => {
    const names = [
      { attribute: 'sAMAccountName', base: 'jane.doe', maxLength: 20 },
      { attribute: 'userPrincipalName', base: 'jane.doe@example.org' },
    ];
    expect(uniqueNameCandidates(names, 2)).toEqual({
      sAMAccountName: 'jane.doe2',
      userPrincipalName: 'jane.doe2@example.org',
    });
  });

  it('moves addresses that repeat a unique name with it', () => {
    const names = [{ attribute: 'userPrincipalName', base: 'jane.doe@example.org' }];
    const attributes = {
      mail: 'Jane.Doe@example.org',
      proxyAddresses: ['SMTP:jane.doe@example.org', 'smtp:jd@example.org'],
      displayName: 'jane.doe',
      hidden: false,
    };
    expect(withUniqueNames(attributes, names, 1)).toEqual({ ...attributes, userPrincipalName: 'jane.doe@example.org' });
    expect(withUniqueNames(attributes, names, 2)).toEqual({
      mail: 'jane.doe2@example.org',
      proxyAddresses: ['SMTP:jane.doe2@example.org', 'smtp:jd@example.org'],
      displayName: 'jane.doe',
      hidden: false,
      userPrincipalName: 'jane.doe2@example.org',
    });
  });

  it('holds the limit, keeps the domain and splits no character, whatever the base', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 60 }).filter((text) => !text.includes('@')),
        fc.option(fc.constantFrom('@example.org', '@münchen.example'), { nil: '' }),
        fc.integer({ min: 4, max: 64 }),
        fc.integer({ min: 1, max: 999 }),
        (local, domain, maxLength, n) => {
          const candidate = uniqueCandidate({ attribute: 'a', base: local + domain, maxLength }, n);
          expect(candidate.endsWith(domain)).toBe(true);
          const cut = candidate.slice(0, candidate.length - domain.length);
          expect(cut.length).toBeLessThanOrEqual(maxLength);
          expect(Buffer.from(cut).toString()).toBe(cut);
          if (n > 1) expect(cut.endsWith(String(n))).toBe(true);
        },
      ),
    );
  });

  it('gives no two counters the same candidate', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z.-]{1,40}$/), fc.integer({ min: 4, max: 20 }), (base, maxLength) => {
        const all = Array.from({ length: 120 }, (_, i) => uniqueCandidate({ attribute: 'a', base, maxLength }, i + 1));
        expect(new Set(all).size).toBe(all.length);
      }),
    );
  });
});
