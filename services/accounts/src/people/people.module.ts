import { Module } from '@nestjs/common';
import { MailModule } from '../mail/mail.module';
import { MemberStore } from './member.store';

@Module({ imports: [MailModule], providers: [MemberStore], exports: [MemberStore] })
export class PeopleModule {}
