import { Body, Controller, Get, HttpCode, Inject, Post, Query, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Throttle, ThrottlerGuard } from '@nestjs/throttler';
import type { Response } from 'express';
import type { OpenedLink, PasswordStatus, PasswordTarget } from '../../persistence/activation.repository.js';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { Public } from '../auth/access.decorator.js';
import { Consumes } from '../media/consumes.decorator.js';
import { ActivationService, type Choice, type OpenedPage } from './activation.service.js';
import { PageErrorFilter } from './page-error.filter.js';
import { choosePage } from './pages/choose-page.js';
import { type Page, redirect, sendPage } from './pages/layout.js';
import { linkPage, noAccountPage, requestedPage, requestPage, statusGonePage } from './pages/message-pages.js';
import { statusPage } from './pages/status-page.js';
import { pageRules } from './password-problems.js';
import { PasswordResetService } from './password-reset.service.js';

const FORM = 'application/x-www-form-urlencoded';
const MINUTE_MS = 60_000;

/** A form's field: text, or nothing. Fields that come twice are no text. */
const field = (form: unknown, name: string): string => {
  const value = (form as Record<string, unknown> | undefined)?.[name];
  return typeof value === 'string' ? value : '';
};

/**
 * The pages behind the links of activation and reset mails. They work without JavaScript. Limits are per network
 * address, wide enough for a whole office on its first day: a token cannot be guessed, this only saves the database.
 */
@ApiExcludeController()
@Public()
@UseGuards(ThrottlerGuard)
@UseFilters(PageErrorFilter)
@Controller('activate')
export class ActivationController {
  /** Path under which people reach these pages, with what a proxy puts in front. */
  private readonly base: string;

  constructor(
    @Inject(API_OPTIONS) { publicUrl }: ApiOptions,
    private readonly activation: ActivationService,
    private readonly resets: PasswordResetService,
  ) {
    this.base = `${new URL(publicUrl).pathname.replace(/\/$/, '')}/activate`;
  }

  @Get()
  @Throttle({ default: { limit: 120, ttl: MINUTE_MS } })
  async open(@Query('token') token: unknown, @Res() response: Response): Promise<void> {
    const text = typeof token === 'string' ? token : '';
    this.answer(response, await this.activation.open(text), text);
  }

  @Post()
  @HttpCode(303)
  @Consumes(FORM)
  @Throttle({ default: { limit: 60, ttl: MINUTE_MS } })
  async choose(@Body() form: unknown, @Res() response: Response): Promise<void> {
    const token = field(form, 'token');
    const [password, confirmation] = [field(form, 'password'), field(form, 'confirmation')];
    this.answer(response, await this.activation.choose({ token, password, confirmation }), token);
  }

  /** A browser asks every two seconds while it waits. */
  @Get('status')
  @Throttle({ default: { limit: 1_200, ttl: MINUTE_MS } })
  async status(@Query('key') key: unknown, @Res() response: Response): Promise<void> {
    const status = await this.activation.status(key);
    sendPage(response, status ? this.progress(status) : statusGonePage(this.requestPath));
  }

  @Get('request')
  @Throttle({ default: { limit: 60, ttl: MINUTE_MS } })
  request(@Res() response: Response): void {
    sendPage(response, requestPage(this.requestPath));
  }

  /** Answers before it looks, so that neither the words nor the time tell whether there is such a user. */
  @Post('request')
  @HttpCode(202)
  @Consumes(FORM)
  @Throttle({ default: { limit: 10, ttl: MINUTE_MS } })
  send(@Body() form: unknown, @Res() response: Response): void {
    sendPage(response, requestedPage());
    this.resets.requestBySignInName(field(form, 'username').trim());
  }

  private get requestPath(): string {
    return `${this.base}/request`;
  }

  private statusPath(key: string): string {
    return `${this.base}/status?key=${key}`;
  }

  private answer(response: Response, answer: OpenedPage | Choice, token: string): void {
    if (answer.state === 'chosen') redirect(response, this.statusPath(answer.statusKey));
    else sendPage(response, this.page(answer, token));
  }

  private page(answer: Exclude<OpenedPage | Choice, { state: 'chosen' }>, token: string): Page {
    switch (answer.state) {
      case 'unknown':
      case 'expired':
        return linkPage(answer.state, this.requestPath);
      case 'used':
        return linkPage('used', this.requestPath, answer.statusKey && this.statusPath(answer.statusKey));
      case 'open':
        return this.form(token, answer.link, answer.targets);
      case 'refused':
        return this.form(token, answer.link, answer.targets, answer.problems);
    }
  }

  private progress({ request, operations, until, linkWorks }: PasswordStatus): Page {
    const directories = operations.map(({ application, outcome, reason }) => ({
      directory: application,
      outcome,
      refusal: request.refused.includes(application) ? (reason ?? '') : undefined,
    }));
    return statusPage({ directories, until, linkWorks, request: this.requestPath });
  }

  private form(token: string, link: OpenedLink, targets: PasswordTarget[], problems?: string[]): Page {
    if (targets.length === 0) return noAccountPage();
    const { person, purpose } = link;
    const { givenName } = person.attributes;
    return choosePage({
      action: this.base,
      token,
      purpose,
      name: typeof givenName === 'string' ? givenName : (person.displayName ?? ''),
      directories: targets.map(({ directory }) => directory),
      ...pageRules(targets),
      problems,
    });
  }
}
