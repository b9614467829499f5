import { type LogEntry, Runtime } from '@temporalio/worker';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import { createPayloadCodec } from '../../contracts/payload-codec.js';
import { eventually } from '../eventually.js';
import { type PasswordStand, type SeededPerson, startPasswordStand } from './password-stand.js';
import { fileTraces, forms, historyTraces, placesOf, type Traces, tableTraces } from './traces.js';

/** Chosen with the page and set. */
const TAKEN = 'Marker-Zebra-Quartz-9137';
/** Refused by a directory whose error quotes it, though connectors must not. */
const QUOTED = 'Marker-Falcon-Biscuit-2846';
/** Quoted by an error that is a bug. */
const LEAKED = 'Marker-Ember-Tractor-5519';
/** Refused by the page, as it holds the person's name. */
const WEAK = 'Marker-Jane-Octopus-8083';
/** Sealed, and still on its way when everything is searched. */
const WAITING = 'Marker-Copper-Lizard-6402';
const PASSWORDS = { TAKEN, QUOTED, LEAKED, WEAK, WAITING };

jest.setTimeout(60_000);

describe('a password stands in plain text nowhere', () => {
  let stand: PasswordStand;
  const tokens: string[] = [];
  const logged: string[] = [];
  const traces: Record<string, Traces> = {};
  const people: SeededPerson[] = [];

  beforeAll(async () => {
    const keep = (level: string, message: string, meta?: object) =>
      logged.push(`${level} ${message} ${String((meta as { error?: Error })?.error?.stack)} ${JSON.stringify(meta)}`);
    const level = (name: string) => (message: string, meta?: object) => void keep(name, message, meta);
    Runtime.install({
      logger: {
        log: (name: string, message: string, meta?: LogEntry['meta']) => void keep(name, message, meta),
        trace: level('TRACE'),
        debug: level('DEBUG'),
        info: level('INFO'),
        warn: level('WARN'),
        error: level('ERROR'),
      },
    });
    stand = await startPasswordStand();
    const { ad, cloud } = stand.directories;

    await travel(TAKEN, async (person) => {
      await eventually(async () => (await stand.outcomes(person)).every((row) => row.outcome === 'succeeded'));
    });
    cloud.beforeSet = async () => {
      throw new ConnectorError('invalid', `The password ${QUOTED} is too simple.`, { cause: new Error(QUOTED) });
    };
    await travel(QUOTED, async (person) => {
      await eventually(async () => (await stand.outcomes(person)).some((row) => row.outcome === 'failed'));
    });
    cloud.beforeSet = async () => {};
    ad.beforeSet = async () => {
      throw Object.assign(new TypeError(`cannot set ${LEAKED}`), { request: { password: LEAKED } });
    };
    await travel(LEAKED, async (person) => {
      await eventually(async () => (await stand.outcomes(person)).some((row) => row.outcome === 'waiting'));
    });
    cloud.goAway();
    const last = await travel(WAITING, async (person) => {
      await eventually(async () => (await stand.outcomes(person)).every((row) => row.outcome === 'waiting'));
    });
    await stand.choose(last, WEAK);

    const { raw, decoded } = await historyTraces(stand.client, createPayloadCodec(stand.keyring.payload));
    traces.raw = raw;
    traces.decoded = decoded;
    traces.tables = await tableTraces(stand.api.database);
    traces.files = await fileTraces(stand.api.database, stand.api.postgres.pid());
    traces.logs = new Map([
      ['api', Buffer.from(stand.api.log())],
      ['worker', Buffer.from(stand.workerLog.join('\n'))],
      ['temporal', Buffer.from(logged.join('\n'))],
    ]);
    traces.mails = new Map(
      stand.mail.messages().map((mail, index) => [`mail ${index}`, Buffer.from(JSON.stringify(mail))]),
    );
  });
  afterAll(() => stand.stop());

  /** A password's whole way: mail, page with a mistake first, form, until it is where it should be. */
  async function travel(password: string, until: (person: SeededPerson) => Promise<void>): Promise<string> {
    const person = await stand.person();
    people.push(person);
    const token = await stand.mailedToken(person);
    tokens.push(token);
    await fetch(`${stand.api.url}/activate?token=${token}`);
    for (const [first, second] of [
      [password, `${password}!`],
      [WEAK, WEAK],
    ] as const) {
      const answer = await stand.choose(token, first, second);
      expect(answer.status).toBe(422);
      const page = Buffer.from(await answer.text());
      expect(forms(first).some((form) => page.includes(form))).toBe(false);
    }
    expect((await stand.choose(token, password)).status).toBe(303);
    await until(person);
    return token;
  }

  it.each(Object.entries(PASSWORDS))('%s is in no history, table, file, log or mail', (_, password) => {
    for (const [kind, places] of Object.entries(traces)) expect([kind, placesOf(password, places)]).toEqual([kind, []]);
  });

  it('and the tokens of links are only in the mails', () => {
    for (const token of tokens) {
      expect(placesOf(token, traces.mails ?? new Map())).toHaveLength(1);
      for (const kind of ['raw', 'decoded', 'tables', 'files', 'logs']) {
        expect([kind, placesOf(token, traces[kind] ?? new Map())]).toEqual([kind, []]);
      }
    }
  });

  it('and no key of ours is anywhere', () => {
    const { payload, tokens: tokenKeys, envelopes } = stand.keyring;
    const secrets = [...payload, ...tokenKeys].map(({ key }) => key.export());
    secrets.push(
      ...envelopes.map(({ privateKey }) => privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32)),
    );
    for (const secret of secrets) {
      for (const places of Object.values(traces)) {
        expect([...places.values()].some((bytes) => bytes.includes(secret))).toBe(false);
      }
    }
  });

  it('though the search looks into all of it', () => {
    const [person] = people;
    const address = person?.mail ?? '';
    // Histories hold the address, but only for whoever has the key.
    expect(placesOf(address, traces.decoded ?? new Map()).length).toBeGreaterThan(0);
    expect(placesOf(address, traces.raw ?? new Map())).toEqual([]);
    expect(placesOf(address, traces.tables ?? new Map())).toEqual(
      expect.arrayContaining(['table person', 'table operation']),
    );
    expect(placesOf(address, traces.files ?? new Map()).length).toBeGreaterThan(0);
    expect(placesOf(address, traces.mails ?? new Map()).length).toBeGreaterThan(0);
    expect(traces.logs?.get('api')?.toString()).toContain('/activate?token=[redacted]');
    expect(traces.logs?.get('temporal')?.toString()).toContain(
      'The connector of corp-ad failed unexpectedly (TypeError)',
    );
    expect(traces.tables?.get('table password_envelope')?.length).toBeGreaterThan(500);
  });
});
