import { Module } from '@nestjs/common';
import { EventSweeper } from './event-sweeper.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { HandOver } from './hand-over.js';
import { UnfinishedSweeper } from './unfinished-sweeper.js';

/** Events: how they come in, and how they reach Temporal. */
@Module({ controllers: [EventsController], providers: [EventsService, HandOver, EventSweeper, UnfinishedSweeper] })
export class EventsModule {}
