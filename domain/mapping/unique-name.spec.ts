import fc from 'fast-check';
import { followNames, isCandidate, uniqueCandidate } from './unique-name.js';

const sam = { attribute: 'sAMAccountName', base: 'wolfeschlegelsteinhausen', maxLength: 20 };
const upn = { attribute: 'userPrincipalName', base: 'jane.doe@corp.example', maxLength: 64 };

describe('a unique name', () => {
  it('gets a counter from 2, before the @ in an address', () => {
    expect([1, 2, 12].map((attempt) => uniqueCandidate(upn, attempt))).toEqual([
      'jane.doe@corp.example',
      'jane.doe2@corp.example',
      'jane.doe12@corp.example',
    ]);
  });

  it('is cut so that the counter fits too', () => {
    expect(uniqueCandidate(sam, 1)).toBe('wolfeschlegelsteinha');
    expect(uniqueCandidate(sam, 2)).toBe('wolfeschlegelsteinh2');
    expect(uniqueCandidate(sam, 10)).toBe('wolfeschlegelstein10');
  });

  it('does not end in a sign because it was cut', () => {
    expect(uniqueCandidate({ attribute: 'a', base: 'maria.de.la-cruz', maxLength: 12 }, 1)).toBe('maria.de.la');
  });

  it.each(['jane.doe@corp.example', 'Jane.Doe2@corp.example', 'jane.doe31@corp.example'])(
    '%s is a candidate',
    (value) => {
      expect(isCandidate(upn, value)).toBe(true);
    },
  );

  it.each([
    'jane.doe1@corp.example',
    'jane.doe02@corp.example',
    'jane.do2@corp.example',
    'jane.doe2@other.example',
    '',
  ])('%s is none', (value) => {
    expect(isCandidate(upn, value)).toBe(false);
  });

  it('may have got the directory’s suffix', () => {
    const name = { attribute: 'userPrincipalName', base: 'jane.doe' };
    expect(isCandidate(name, 'jane.doe2@corp.example')).toBe(true);
    expect(isCandidate(name, 'john.doe@corp.example')).toBe(false);
  });

  it('takes the addresses along that repeat it', () => {
    const got = new Map([['jane.doe@x', 'jane.doe2@x']]);
    expect(followNames('Jane.Doe@x', got)).toBe('jane.doe2@x');
    expect(followNames(['SMTP:jane.doe@x', 'smtp:sales@x', 'jane.doe@x.example'], got)).toEqual([
      'SMTP:jane.doe2@x',
      'smtp:sales@x',
      'jane.doe@x.example',
    ]);
    expect(followNames(null, got)).toBeNull();
  });

  it('knows each of its own candidates, and keeps the limit with all of them', () => {
    const base = fc.tuple(
      fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
      fc.constantFrom('', '@corp.example', '2', '12@x'),
    );
    fc.assert(
      fc.property(
        base,
        fc.integer({ min: 5, max: 30 }),
        fc.integer({ min: 1, max: 1_200 }),
        ([local, end], maxLength, attempt) => {
          const name = { attribute: 'a', base: local + end, maxLength };
          const candidate = uniqueCandidate(name, attempt);
          expect(isCandidate(name, candidate)).toBe(true);
          const at = candidate.lastIndexOf('@');
          expect((at < 0 ? candidate : candidate.slice(0, at)).length).toBeLessThanOrEqual(maxLength);
          expect(/\p{Cs}/u.test(candidate)).toBe(false);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
