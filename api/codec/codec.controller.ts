import { Body, Controller, HttpCode, Inject, Logger, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { TokenOrSession } from '../auth/access.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';

/** Injection token of the payload codec. */
export const PAYLOAD_CODEC = Symbol('PayloadCodec');

const MOST_PAYLOADS = 1_000;
const base64 = z.string().describe('Base64');

/** `temporal.api.common.v1.Payloads` in the JSON of protocol buffers, as Temporal's codec protocol sends it. */
const payloadsSchema = z.object({
  payloads: z
    .array(z.object({ metadata: z.record(z.string(), base64).optional(), data: base64.optional() }))
    .max(MOST_PAYLOADS, `A request may hold ${MOST_PAYLOADS} payloads.`),
});

class PayloadsDto extends createZodDto(payloadsSchema) {}

/** Decrypts what Temporal stores, for whoever may read it. */
@ApiTags('codec')
@Controller('api/v1/codec')
export class CodecController {
  private readonly logger = new Logger('codec');

  constructor(@Inject(PAYLOAD_CODEC) private readonly codec: PayloadCodec) {}

  @Post('decode')
  @HttpCode(200)
  @TokenOrSession()
  @ApiOperation({
    summary: "Decrypt payloads, for Temporal's web UI and command line",
    description: 'The remote codec protocol of Temporal. Browsers sign in at /api/v1/session.',
  })
  @ZodResponse({ status: 200, type: PayloadsDto })
  @ApiProblems(400, 401)
  async decode(@Body() { payloads }: PayloadsDto) {
    const encoded = payloads.map(fromJson);
    try {
      return { payloads: (await this.codec.decode(encoded)).map(toJson) };
    } catch (error) {
      this.logger.warn({ err: error }, 'cannot decode payloads');
      const detail = error instanceof Error ? error.message : 'The payloads cannot be decoded.';
      throw new ProblemException(400, 'invalid-request', detail);
    }
  }
}

type JsonPayload = z.infer<typeof payloadsSchema>['payloads'][number];

function fromJson({ metadata, data }: JsonPayload): Payload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, bytes(value)])),
    data: data === undefined ? undefined : bytes(data),
  };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  return {
    metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, text(value)])),
    ...(data ? { data: text(data) } : {}),
  };
}

const bytes = (value: string): Buffer => Buffer.from(value, 'base64');
const text = (value: Uint8Array): string => Buffer.from(value).toString('base64');
