import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Response } from 'express';
import { describeError } from '../log/redaction.js';
import { sendPage } from './pages/layout.js';
import { errorPage } from './pages/message-pages.js';

/** On the pages for people, what fails is told as a page. */
@Catch()
export class PageErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('activation');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const status = error instanceof HttpException ? error.getStatus() : 500;
    if (status >= 500) this.logger.error({ err: describeError(error) }, 'an activation page failed');
    if (response.headersSent) return;
    if (status === 429) response.setHeader('Retry-After', '60');
    sendPage(response, errorPage(status));
  }
}
