import { Module } from '@nestjs/common';
import { PeopleController } from './people.controller.js';

/** People. */
@Module({ controllers: [PeopleController] })
export class PeopleModule {}
