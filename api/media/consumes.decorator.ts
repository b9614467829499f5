import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiConsumes } from '@nestjs/swagger';

export const CONSUMES = 'tenure:consumes';

/** The media types that a route takes, instead of JSON. */
export const Consumes = (...types: string[]): MethodDecorator =>
  applyDecorators(SetMetadata(CONSUMES, types), ApiConsumes(...types));
