import { Module } from '@nestjs/common';
import { HistoryReader } from './history-reader.js';
import { ReportsController } from './reports.controller.js';
import { ReportsService } from './reports.service.js';

/** The provisioning report. */
@Module({ controllers: [ReportsController], providers: [ReportsService, HistoryReader] })
export class ReportsModule {}
