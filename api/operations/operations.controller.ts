import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { operationView, operationViewSchema } from '../reports/report-views.js';
import { KeyParams } from '../validation/key-params.js';
import { OperationsService } from './operations.service.js';

class RetryDto extends createZodDto(
  z.object({ operation: operationViewSchema, workflowId: z.string(), links: z.object({ person: z.string() }) }),
) {}

/** What operators do about operations. */
@ApiTags('operations')
@Controller('api/v1/operations')
export class OperationsController {
  constructor(private readonly operations: OperationsService) {}

  @Post(':id/retry')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Try a failed or skipped operation again',
    description: 'The new attempt is a row of its own in the report, whose `retryOf` names this one.',
  })
  @ZodResponse({ status: 202, type: RetryDto })
  @ApiProblems(404, 409, 503)
  async retry(@Param() { id }: KeyParams) {
    const { operation, workflowId } = await this.operations.retry(id);
    return {
      operation: operationView(operation),
      workflowId,
      links: { person: `/api/v1/people/${operation.personUuid}` },
    };
  }
}
