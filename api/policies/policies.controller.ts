import { Body, Controller, Get, Header, Headers, HttpCode, Put, Req, Res } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiProduces, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import type { PolicyEntity } from '../../persistence/entities/policy.entity.js';
import { Actor } from '../auth/access.decorator.js';
import { Consumes } from '../media/consumes.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';
import { PoliciesService } from './policies.service.js';

const YAML = 'application/yaml';

class PolicyDto extends createZodDto(
  z.object({
    version: z.int(),
    document: z.string().describe('The text as it was saved'),
    actor: z.string(),
    createdAt: z.iso.datetime(),
  }),
) {}

/** The policies in force. */
@ApiTags('policies')
@Controller('api/v1/policies')
export class PoliciesController {
  constructor(private readonly policies: PoliciesService) {}

  @Get()
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'The policy document in force',
    description: 'With `Accept: application/yaml` the document by itself, as it was saved.',
  })
  @ApiProduces('application/json', YAML)
  @ApiResponse({ status: 200, type: PolicyDto.Output, headers: { ETag: { schema: { type: 'string' } } } })
  @ApiProblems(404)
  async read(@Req() request: Request, @Res() response: Response): Promise<void> {
    const policy = await this.policies.current();
    response.setHeader('ETag', etagOf(policy));
    const wanted = request.accepts(['application/json', YAML, 'text/yaml', 'text/plain']);
    if (wanted === false || wanted === 'application/json') response.json(viewOf(policy));
    else response.type(`${wanted}; charset=utf-8`).send(policy.document);
  }

  @Put()
  @HttpCode(200)
  @Consumes('application/json', YAML, 'application/x-yaml', 'text/yaml', 'text/plain')
  @ApiOperation({
    summary: 'Check a policy document and put it into force',
    description: 'YAML or JSON. With `If-Match` it is saved only if that version is still in force.',
  })
  @ApiHeader({ name: 'If-Match', required: false, description: 'The ETag of the version that was changed' })
  @ApiBody({ schema: { type: 'object' }, description: 'docs/policies.md describes the document' })
  @ApiResponse({ status: 200, type: PolicyDto.Output, headers: { ETag: { schema: { type: 'string' } } } })
  @ApiProblems(400, 412, 415, 422)
  async save(
    @Body() body: unknown,
    @Headers('if-match') ifMatch: string | undefined,
    @Actor() actor: string,
    @Res() response: Response,
  ): Promise<void> {
    // YAML is kept as it was written, with its comments; JSON is YAML too.
    const document = typeof body === 'string' ? body : JSON.stringify(body, undefined, 2);
    const policy = await this.policies.save(document, actor, versionOf(ifMatch));
    response.setHeader('ETag', etagOf(policy)).json(viewOf(policy));
  }
}

function viewOf({ version, document, actor, createdAt }: PolicyEntity): z.infer<(typeof PolicyDto)['schema']> {
  return { version, document, actor, createdAt: createdAt.toISOString() };
}

/** A strong entity tag (RFC 9110, section 8.8.3). */
function etagOf({ version }: PolicyEntity): string {
  return `"${version}"`;
}

function versionOf(ifMatch: string | undefined): number | undefined {
  if (ifMatch === undefined || ifMatch === '*') return undefined;
  const [, version] = /^"(\d{1,9})"$/.exec(ifMatch) ?? [];
  if (version !== undefined) return Number(version);
  throw new ProblemException(400, 'invalid-request', 'If-Match has to be the ETag of a policy, quotes included: "3".');
}
