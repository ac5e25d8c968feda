import { Module } from '@nestjs/common';
import { OperatorStore } from './operator.store';

@Module({ providers: [OperatorStore], exports: [OperatorStore] })
export class OperatorsModule {}
