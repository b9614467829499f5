import { Module } from '@nestjs/common';
import { createPayloadCodec } from '../../contracts/payload-codec.js';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { CodecController, PAYLOAD_CODEC } from './codec.controller.js';

/** The remote codec. */
@Module({
  controllers: [CodecController],
  providers: [
    {
      provide: PAYLOAD_CODEC,
      inject: [API_OPTIONS],
      useFactory: ({ keyring }: ApiOptions) => createPayloadCodec(keyring.payload),
    },
  ],
})
export class CodecModule {}
