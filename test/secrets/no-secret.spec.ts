import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Connection, Client as TemporalClient } from '@temporalio/client';
import { Attribute, Change, Client } from 'ldapts';
import { ensureKeyring } from '../../contracts/keyring';
import { createDataConverter, createPayloadCodec } from '../../contracts/payload-codec';
import { createDataSource } from '../../persistence/data-source';
import { eventually } from '../eventually';
import { historyTraces, placesOf, type Traces, tableTraces } from '../passwords/traces';
import { AD, Corporation, ENTRA } from '../stack/corporation';
import { ADMIN_TOKEN, Tenure } from '../stack/tenure';

/*
 * Promise 4 on the whole service as it is installed: after people have joined, chosen passwords in every way that can
 * go well or wrong, and left, every file of the state folder is read (the databases of Temporal and PostgreSQL with
 * their write-ahead logs, all logs), every history with its payloads decrypted, every table, the report in all its
 * forms, and every mail.
 */

jest.setTimeout(240_000);

/** What people typed, by what became of it. */
const PASSWORDS = {
  taken: 'Walrus-Teapot-Orbit-77',
  'changed later': 'Gravel-Kayak-Lantern-31',
  'typed differently the second time': 'Pelican-Drawer-Quartz-19',
  'too weak': 'Marmalade1',
  'refused by the directory': 'Otter-Fjord-58',
  'waiting for a directory': 'Compass-Violet-Hammer-64',
};
const WRONG_TOKEN = 'a-token-that-is-not-the-administrators';
const REPLACED_SECRET = 'a-client-secret-that-replaced-the-first';

/** What nobody may read in Temporal's database: names of which there is only one. */
const PERSONAL = ['Wilhelmina', 'Xanthopoulos', 'wilhelmina.x@home.example', 'HR-48151623', 'Chief Beekeeper'];
const PERSON = {
  personId: 'HR-48151623',
  givenName: 'Wilhelmina',
  familyName: 'Xanthopoulos',
  title: 'Chief Beekeeper',
  department: 'Sales',
  personalMail: 'wilhelmina.x@home.example',
};

let corporation: Corporation;
let tenure: Tenure;
const tokens: string[] = [];
const places: Record<string, Traces> = {};

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
  await play();
  await gather();
});
afterAll(async () => {
  await tenure?.stop();
  await corporation?.stop();
});

async function play(): Promise<void> {
  const { person } = await tenure.send({ type: 'joiner', person: PERSON });
  const first = await mailedToken(1);
  await choose(first, PASSWORDS['typed differently the second time'], `${PASSWORDS.taken}!`);
  await choose(first, PASSWORDS['too weak']);
  await fetch(`${tenure.url}/activate?token=${first}`);
  await choose(first, PASSWORDS.taken);
  await settled(AD, 'succeeded', 1);
  await settled(ENTRA, 'succeeded', 1);

  await reset(person.id);
  await demandLength(20);
  const second = await mailedToken(2);
  await choose(second, PASSWORDS['refused by the directory']);
  await settled(AD, 'failed', 1);
  await demandLength(8);
  await choose(second, PASSWORDS['changed later']);
  await settled(AD, 'succeeded', 2);

  await reset(person.id);
  const third = await mailedToken(3);
  await corporation.samba.kill();
  await choose(third, PASSWORDS['waiting for a directory']);
  await settled(AD, 'waiting', 1);
  await corporation.samba.start();
  await settled(AD, 'succeeded', 3);

  await wrongCredentials();
  await fetch(`${tenure.url}/api/v1/events/${person.id}`, { headers: { authorization: `Bearer ${WRONG_TOKEN}` } });
  await tenure.settle({ type: 'leaver', urgent: true, person: { personId: PERSON.personId } });
}

/** The tenant no longer takes Tenure's client secret, until somebody puts it back. */
async function wrongCredentials(): Promise<void> {
  const { admin, clientSecret } = corporation.graph;
  admin.replaceSecret(REPLACED_SECRET);
  admin.expireAccessTokens();
  await tenure.send({ type: 'mover', person: { personId: PERSON.personId, title: 'Beekeeper' } });
  await eventually(async () => (await tenure.report({ application: ENTRA, outcome: 'waiting' })).length > 0);
  admin.replaceSecret(clientSecret);
}

async function mailedToken(count: number): Promise<string> {
  const mails = () => corporation.mail.messages().filter(({ to }) => to.includes(PERSON.personalMail));
  await eventually(() => mails().length === count);
  const token = /token=([\w-]{43})/.exec(mails().at(-1)?.text ?? '')?.[1] ?? '';
  tokens.push(token);
  return token;
}

const choose = (token: string, password: string, confirmation = password) =>
  fetch(`${tenure.url}/activate`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token, password, confirmation }),
  });
const reset = (person: string) => tenure.json('POST', `/api/v1/people/${person}/password-reset`);

async function settled(application: string, outcome: string, count: number): Promise<void> {
  const rows = () => tenure.report({ application, operation: 'set-password', outcome });
  await eventually(async () => (await rows()).length === count, { what: `${count} passwords ${outcome} in AD` });
}

/** Changes the domain's rule on lengths, as an administrator of AD would. */
async function demandLength(minPwdLength: number): Promise<void> {
  const { samba } = corporation;
  const client = new Client({ url: samba.url, tlsOptions: { ca: [samba.ca] } });
  await client.bind(samba.adminUpn, samba.adminPassword);
  const modification = new Attribute({ type: 'minPwdLength', values: [String(minPwdLength)] });
  await client.modify(samba.baseDn, new Change({ operation: 'replace', modification }));
  await client.unbind();
}

async function gather(): Promise<void> {
  const keyring = ensureKeyring(tenure.home, {});
  const connection = await Connection.connect({ address: `127.0.0.1:${tenure.ports.temporal}` });
  const client = new TemporalClient({ connection, dataConverter: createDataConverter(keyring.payload) });
  const { raw, decoded } = await historyTraces(client, createPayloadCodec(keyring.payload));
  await connection.close();
  const database = await createDataSource(tenure.databaseUrl()).initialize();
  await database.query('CHECKPOINT');
  places.tables = await tableTraces(database);
  await database.destroy();
  places.histories = raw;
  places['decrypted histories'] = decoded;
  places['state folder'] = stateFolder();
  places.report = await reportInAllForms();
  places.mails = new Map(
    corporation.mail.messages().map((mail, index) => [`mail ${index}`, Buffer.from(JSON.stringify(mail))]),
  );
}

/** Every file of the state folder, as it is while the service runs. */
function stateFolder(): Traces {
  const entries = readdirSync(tenure.home, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = entries.map(({ parentPath, name }) => join(parentPath, name));
  return new Map(files.map((file) => [relative(tenure.home, file), readFileSync(file)]));
}

async function reportInAllForms(): Promise<Traces> {
  const rows = await tenure.report();
  const forms: Traces = new Map([['rows', Buffer.from(JSON.stringify(rows))]]);
  const csv = await tenure.request('GET', '/api/v1/reports/provisioning?format=csv');
  forms.set('CSV', Buffer.from(await csv.text()));
  for (const { id } of rows) {
    const history = await tenure.json('GET', `/api/v1/reports/provisioning/${encodeURIComponent(id)}/history`);
    forms.set(`history of ${id}`, Buffer.from(JSON.stringify(history)));
  }
  return forms;
}

/** Where a secret stands, in any form that could be read back. */
function found(secret: string, kinds = Object.keys(places)): string[] {
  return kinds.flatMap((kind) => placesOf(secret, places[kind] ?? new Map()).map((place) => `${kind}: ${place}`));
}

it.each(Object.entries(PASSWORDS))('a password stands nowhere: %s', (_, password) => {
  expect(found(password)).toEqual([]);
});

it('no credential of a directory, right, wrong or replaced, stands anywhere', () => {
  expect(found(corporation.samba.adminPassword)).toEqual([]);
  expect(found(corporation.graph.clientSecret)).toEqual([]);
  expect(found(REPLACED_SECRET)).toEqual([]);
});

it('no token of the API stands anywhere', () => {
  expect(found(ADMIN_TOKEN)).toEqual([]);
  expect(found(WRONG_TOKEN)).toEqual([]);
});

it('the token of a link stands in its own mail only', () => {
  expect(new Set(tokens).size).toBe(3);
  for (const token of tokens) expect(found(token)).toEqual([expect.stringMatching(/^mails: mail \d+$/)]);
});

it('what a person is called stands in no file of Temporal', () => {
  const files = new Map([...(places['state folder'] ?? [])].filter(([name]) => name.startsWith('temporal.db')));
  expect([...files.keys()]).toEqual(expect.arrayContaining(['temporal.db', 'temporal.db-wal']));
  for (const value of PERSONAL) {
    expect([value, placesOf(value, files)]).toEqual([value, []]);
    expect([value, found(value, ['histories'])]).toEqual([value, []]);
  }
});

it('and the search looks into all of it', () => {
  // What has to be found shows that a secret would have been.
  for (const value of PERSONAL) expect(found(value, ['decrypted histories']).length).toBeGreaterThan(0);
  expect(found('Wilhelmina')).toEqual(
    expect.arrayContaining([
      'tables: table person',
      'tables: table operation',
      'report: rows',
      'report: CSV',
      'mails: mail 0',
      expect.stringMatching(/^state folder: postgres\/data\/base\//),
      expect.stringMatching(/^state folder: postgres\/data\/pg_wal\//),
    ]),
  );
  for (const log of ['api', 'worker', 'postgres', 'temporal'])
    expect(tenure.log(log as 'api').length).toBeGreaterThan(0);
  expect(tenure.log('api')).toContain('/activate?token=[redacted]');
  expect(places['state folder']?.get('logs/worker.log')?.toString()).toContain('unauthorized');
});
