import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { Actor } from '../auth/access.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { KeyParams } from '../validation/key-params.js';
import { PasswordResetService } from './password-reset.service.js';

class PasswordResetDto extends createZodDto(
  z.object({
    operationId: z.string().describe("The report's row for the mail"),
    workflowId: z.string(),
    links: z.object({ person: z.string() }),
  }),
) {}

/** Help for people who cannot sign in. */
@ApiTags('people')
@Controller('api/v1/people')
export class PasswordResetController {
  constructor(private readonly resets: PasswordResetService) {}

  @Post(':id/password-reset')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Send a person a mail with which they choose a new password',
    description:
      'The mail goes to their personal address. Until they choose, the old password stays as it is; the choice makes every earlier link void.',
  })
  @ZodResponse({ status: 202, type: PasswordResetDto })
  @ApiProblems(404, 409)
  async send(@Param() { id }: KeyParams, @Actor() actor: string) {
    const { operationId, workflowId, person } = await this.resets.send(id, actor);
    return { operationId, workflowId, links: { person: `/api/v1/people/${person}` } };
  }
}
