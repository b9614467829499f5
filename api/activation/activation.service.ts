import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { sealPassword } from '../../contracts/password-envelope.js';
import { passwordWorkflowId } from '../../contracts/workflow-ids.js';
import {
  ActivationRepository,
  type OpenedLink,
  PASSWORD_TTL_MS,
  type PasswordStatus,
  type PasswordTarget,
} from '../../persistence/activation.repository.js';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { PasswordHandOver } from './password-hand-over.js';
import { passwordProblems } from './password-problems.js';
import { secretHash, statusKey } from './status-key.js';

/** What a link opens. */
export type OpenedPage =
  | { state: 'unknown' | 'expired' }
  | { state: 'used'; statusKey?: string }
  | { state: 'open'; link: OpenedLink; targets: PasswordTarget[] };

/** What became of a form. */
export type Choice =
  | Exclude<OpenedPage, { state: 'open' }>
  | { state: 'chosen'; statusKey: string }
  | { state: 'refused'; link: OpenedLink; targets: PasswordTarget[]; problems: string[] };

/** What a person sends. */
export interface ChoiceForm {
  token: string;
  password: string;
  confirmation: string;
}

/** How long the page on it can be looked at. */
const STATUS_TTL_MS = 24 * 60 * 60 * 1000;
/** A form that is sent again so soon was sent twice by one click or a reload. */
const SENT_TWICE_MS = 2 * 60 * 1000;

/** Links of activation mails, and the passwords that people choose with them. */
@Injectable()
export class ActivationService {
  constructor(
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
    private readonly repository: ActivationRepository,
    private readonly handOver: PasswordHandOver,
  ) {}

  /** Looks at a link without using it: mail programs open links by themselves. */
  async open(token: string): Promise<OpenedPage> {
    const hash = secretHash(token);
    const link = hash && (await this.repository.link(hash));
    if (!link) return { state: 'unknown' };
    if (link.state === 'expired') return { state: 'expired' };
    if (link.state === 'used') return { state: 'used', statusKey: keyOfLast(link, token) };
    return { state: 'open', link, targets: await this.repository.targets(link.person.id) };
  }

  /**
   * Takes a password: checks it, seals it once for each directory, stores it together with the use of the link, and
   * hands it over to Temporal. After the answer it survives any crash, sealed.
   */
  async choose({ token, password, confirmation }: ChoiceForm): Promise<Choice> {
    const opened = await this.open(token);
    if (opened.state === 'used') return sentTwice(opened, await this.lastChoice(token));
    if (opened.state !== 'open') return opened;
    const { link, targets } = opened;
    const problems = passwordProblems(password, confirmation, link.person, targets);
    if (problems.length > 0 || targets.length === 0) return { state: 'refused', link, targets, problems };
    return this.store(token, password, opened);
  }

  /** How a chosen password goes. */
  async status(key: unknown): Promise<PasswordStatus | undefined> {
    const hash = secretHash(key);
    return hash && this.repository.status(hash);
  }

  private async store(
    token: string,
    password: string,
    { link, targets }: Extract<OpenedPage, { state: 'open' }>,
  ): Promise<Choice> {
    const request = randomUUID();
    const person = link.person.id;
    const key = statusKey(token, request);
    const [tokenHash, statusHash] = [secretHash(token), secretHash(key)];
    if (!tokenHash || !statusHash) return { state: 'unknown' };
    const workflowId = passwordWorkflowId(request);
    const envelopes = targets.map(({ directory, name }) => ({
      id: randomUUID(),
      operationId: randomUUID(),
      directory,
      target: name || link.person.displayName || link.person.personId,
      ...sealPassword(this.options.keyring.envelope, password, { person, directory, request }),
    }));
    const stored = await this.repository.choose({
      tokenHash,
      request,
      person,
      workflowId,
      statusHash,
      statusExpiresAt: new Date(Date.now() + STATUS_TTL_MS),
      expiresAt: new Date(Date.now() + PASSWORD_TTL_MS),
      envelopes,
    });
    if (stored === 'left') return { state: 'unknown' };
    if (stored === 'used') return sentTwice({ state: 'used' }, await this.lastChoice(token));
    this.handOver.nudge(workflowId);
    return { state: 'chosen', statusKey: key };
  }

  private async lastChoice(token: string): Promise<{ key: string; ageMs: number } | undefined> {
    const hash = secretHash(token);
    const last = hash && (await this.repository.link(hash))?.lastRequest;
    return last && { key: statusKey(token, last.id), ageMs: Date.now() - last.createdAt.getTime() };
  }
}

/** The second of two equal forms comes to the page of the first. */
function sentTwice(used: { state: 'used'; statusKey?: string }, last?: { key: string; ageMs: number }): Choice {
  return last && last.ageMs < SENT_TWICE_MS ? { state: 'chosen', statusKey: last.key } : used;
}

function keyOfLast({ lastRequest }: OpenedLink, token: string): string | undefined {
  return lastRequest && lastRequest.statusExpiresAt > new Date() ? statusKey(token, lastRequest.id) : undefined;
}
