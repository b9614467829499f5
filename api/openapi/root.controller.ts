import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Public } from '../auth/access.decorator.js';

const LINKS = {
  document: '/api/v1/openapi.json',
  docs: '/api/v1/docs',
  signIn: '/api/v1/session',
  health: '/health/ready',
};

/** What somebody finds who only knows the address. */
@Public()
@ApiExcludeController()
@Controller()
export class RootController {
  @Get()
  read(@Req() request: Request, @Res() response: Response): void {
    if (request.accepts(['application/json', 'text/html']) === 'text/html') response.redirect(303, LINKS.docs);
    else response.json({ name: 'Tenure', links: LINKS });
  }
}
