import { Attribute, Change, Client } from 'ldapts';
import type { Browser, Page } from 'playwright-core';
import { eventually } from '../eventually';
import { launchBrowser } from '../servers/browser';
import { AD, Corporation, ENTRA } from './corporation';
import { type ReportRow, Tenure } from './tenure';

const FIRST = 'Walrus-Teapot-Orbit-77';
const SECOND = 'Gravel-Kayak-Lantern-31';

jest.setTimeout(120_000);

/*
 * The activation page as a person sees it: in a browser without JavaScript, with a real Active Directory and the Graph
 * sandbox behind it.
 */
let corporation: Corporation;
let tenure: Tenure;
let browser: Browser;
let page: Page;
let number = 2000;

beforeAll(async () => {
  [corporation, browser] = await Promise.all([Corporation.start(), launchBrowser()]);
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
});
afterAll(async () => {
  await browser?.close();
  await tenure?.stop();
  await corporation?.stop();
});
beforeEach(async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  page = await context.newPage();
});
afterEach(() => page.context().close());

interface Joined {
  personId: string;
  upn: string;
  mail: string;
  link: string;
}

/** Somebody with accounts in both directories and an activation mail. */
async function join(): Promise<Joined> {
  number += 1;
  const personId = String(number);
  const mail = `${personId}@home.example`;
  const person = { personId, givenName: 'Zoë', familyName: `Ünal${personId}`, department: 'Sales', personalMail: mail };
  await tenure.settle({ type: 'joiner', person });
  const [account] = await corporation.adAccounts(personId);
  return { personId, mail, upn: String(account?.userPrincipalName), link: await mailedLink(mail) };
}

/** The link of the newest mail to an address, once there are `count` of them. */
async function mailedLink(address: string, count = 1): Promise<string> {
  const mails = () => corporation.mail.messages().filter(({ to }) => to.includes(address));
  await eventually(() => mails().length >= count);
  return /http:\S+token=[\w-]{43}/.exec(mails().at(-1)?.text ?? '')?.[0] ?? '';
}

async function choose(password: string): Promise<void> {
  await page.getByLabel('New password').fill(password);
  await page.getByLabel('The same again').fill(password);
  await page.getByRole('button', { name: 'Set password' }).click();
}

const heading = (text: string) => page.getByRole('heading', { level: 1, name: text }).waitFor({ timeout: 60_000 });
const shows = (text: string | RegExp) => page.getByText(text).first().waitFor({ timeout: 60_000 });
const passwords = async (personId: string): Promise<ReportRow[]> =>
  tenure.report({ endUser: personId, operation: 'set-password' });
const inCloud = (personId: string, password: string): boolean => {
  const [account] = corporation.entraAccounts(personId);
  return corporation.graph.admin.hasPassword(String(account?.id), password);
};

/** Changes the domain's rule on lengths, as an administrator of AD would. */
async function demandLength(minPwdLength: number): Promise<void> {
  const { samba } = corporation;
  const client = new Client({ url: samba.url, tlsOptions: { ca: [samba.ca] } });
  await client.bind(samba.adminUpn, samba.adminPassword);
  const modification = new Attribute({ type: 'minPwdLength', values: [String(minPwdLength)] });
  await client.modify(samba.baseDn, new Change({ operation: 'replace', modification }));
  await client.unbind();
}

it('lets somebody choose one password, and sign in to both directories with it', async () => {
  const { personId, upn, link } = await join();
  expect(await corporation.canSignIn(upn, FIRST)).toBe(false);
  await page.goto(link);
  await heading('Choose your password');
  await shows('Use at least 8 characters.');
  expect(await page.getByLabel('Your user name').inputValue()).toBe(upn);

  await choose('Password123');
  await heading('Choose your password');
  await shows('It is too easy to guess.');
  expect(await page.getByLabel('New password').inputValue()).toBe('');
  await choose(FIRST);
  await heading('Your password is set');
  expect(await page.getByRole('status').getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringContaining(AD),
    expect.stringContaining(ENTRA),
  ]);
  expect(await corporation.canSignIn(upn, FIRST)).toBe(true);
  expect(inCloud(personId, FIRST)).toBe(true);
  expect((await passwords(personId)).map((row) => `${row.application} ${row.outcome}`)).toEqual([
    `${AD} succeeded`,
    `${ENTRA} succeeded`,
  ]);

  await page.goto(link);
  await heading('This link has been used');
});

it('tells that a directory is away, gives it the password when it is back, and the page says so by itself', async () => {
  const { personId, upn, link } = await join();
  await corporation.samba.kill();
  await page.goto(link);
  await choose(FIRST);
  await heading('Almost done');
  await shows('Cannot take it just now.');
  expect(inCloud(personId, FIRST)).toBe(true);
  await corporation.samba.start();
  await corporation.connect();
  await eventually(() => corporation.canSignIn(upn, FIRST), { withinMs: 70_000 });
  await heading('Your password is set');
});

it('tells why a directory refuses, and lets the person choose another by the same link', async () => {
  const { personId, upn, link } = await join();
  // The page knows the rules of the last time that the directory was asked.
  await demandLength(24);
  try {
    await page.goto(link);
    await choose(FIRST);
    await heading('Choose another password');
    await shows(/It was refused: .+/);
    expect(await corporation.canSignIn(upn, FIRST)).toBe(false);
    await page.goto(link);
    await shows('Use at least 24 characters.');
    await choose(`${SECOND}-${FIRST}`);
    await heading('Your password is set');
    expect(await corporation.canSignIn(upn, `${SECOND}-${FIRST}`)).toBe(true);
    expect(inCloud(personId, `${SECOND}-${FIRST}`)).toBe(true);
  } finally {
    await demandLength(7);
  }
});

it('sends a new link to whoever asks by user name, and makes the old one void with its use', async () => {
  const { personId, upn, mail, link } = await join();
  await page.goto(`${tenure.url}/activate?token=lost`);
  await heading('This link does not work');
  await page.getByRole('link', { name: 'Ask for a new link' }).click();
  await page.getByLabel('User name').fill(upn);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await heading('Look into your mail');
  await page.goto(await mailedLink(mail, 2));
  await heading('Choose a new password');
  // After the refusals above the rules were asked anew; this keeps them whatever they were.
  await choose(`${FIRST}-${SECOND}`);
  await heading('Your password is set');
  expect(await corporation.canSignIn(upn, `${FIRST}-${SECOND}`)).toBe(true);
  expect(inCloud(personId, `${FIRST}-${SECOND}`)).toBe(true);
  await page.goto(link);
  await heading('This link has been used');
});

it('loses no password when everything dies right after it was accepted', async () => {
  const { personId, upn, link } = await join();
  const password = `${FIRST}-${SECOND}`;
  const token = new URL(link).searchParams.get('token') ?? '';
  const body = new URLSearchParams({ token, password, confirmation: password });
  const answer = await fetch(`${tenure.url}/activate`, { method: 'POST', body, redirect: 'manual' });
  expect(answer.status).toBe(303);
  for (const part of ['API', 'Worker', 'Temporal', 'PostgreSQL']) tenure.kill(part);
  await eventually(() => corporation.canSignIn(upn, password), { withinMs: 90_000 });
  await eventually(() => inCloud(personId, password), { withinMs: 60_000 });
});

it('sets no password of somebody who leaves while a directory is away', async () => {
  const { personId, upn, link } = await join();
  await corporation.samba.kill();
  await page.goto(link);
  await choose(`${FIRST}-${SECOND}`);
  await heading('Almost done');
  const { event } = await tenure.send({ type: 'leaver', urgent: true, person: { personId } });
  await eventually(async () => (await passwords(personId)).every((row) => row.outcome !== 'waiting'));
  await corporation.samba.start();
  await corporation.connect();
  await tenure.ended([event.id]);
  expect(await corporation.canSignIn(upn, `${FIRST}-${SECOND}`)).toBe(false);
  expect(inCloud(personId, `${FIRST}-${SECOND}`)).toBe(false);
  await page.goto(link);
  await heading('This link does not work');
});
