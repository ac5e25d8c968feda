import { Inject, Injectable } from '@nestjs/common';
import { newId, type Database, type Transaction } from '@usvideo/event-store';
import { startLoop, type Logger, type Loop, type SecretBox } from '@usvideo/runtime';
import { DATABASE, LOGGER } from '@usvideo/service';
import type { Letter, Mailer } from './mailer';
import { MAILER, SECRET_BOX } from './tokens';

const INSERT =
  'insert into letter (letter_id, key_id, sealed, due_at, created_at) values ($1, $2, $3, $4, $4) on conflict (letter_id) do nothing';
const CLAIM = `
update letter l set attempts = l.attempts + 1, due_at = now() + least(interval '1 hour', interval '1 minute' * power(2, least(l.attempts, 10)))
from (select letter_id from letter where due_at <= now() order by due_at limit $1 for update skip locked) due
where l.letter_id = due.letter_id
returning l.letter_id, l.key_id, l.sealed, l.attempts`;
const DONE = 'delete from letter where letter_id = $1';
const GIVE_UP = `delete from letter where created_at < now() - interval '3 days'`;

const AT_ONCE_MAX = 20;
const CARRY_EVERY_MS = 5_000;

interface LetterRow {
  letter_id: string;
  key_id: string;
  sealed: Buffer;
  attempts: number;
}

/** Letters wait here, sealed, from the transaction that wants them written until somebody has taken them over. */
@Injectable()
export class LetterBox {
  private carrying: Loop | undefined;

  /** @param box undefined: letters cannot be kept, so none is written; the service says so when it starts */
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(SECRET_BOX) private readonly box: SecretBox | undefined,
    @Inject(MAILER) private readonly mailer: Mailer | undefined,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Whether anybody is ever written to. */
  get writes(): boolean {
    return this.box !== undefined && this.mailer !== undefined;
  }

  /** Letters are handed to the mailer from now on. */
  start(): Loop {
    this.carrying = startLoop({
      name: 'accounts_letters',
      everyMs: CARRY_EVERY_MS,
      work: () => this.deliver(),
      logger: this.logger,
    });
    return this.carrying;
  }

  /**
   * @param letter undefined: nobody is written to, and it takes as long
   * @param letterId of a letter that may be asked for again while it waits
   */
  async write(
    tx: Transaction,
    now: Date,
    letter: Letter | undefined,
    letterId = newId('ltr', now.getTime()),
  ): Promise<void> {
    if (this.box === undefined || this.mailer === undefined) return;
    const { keyId, bytes } = this.box.seal(
      letterId,
      JSON.stringify(letter ?? { to: '', subject: '', text: ' '.repeat(300) }),
    );
    await tx.query({ name: 'letter_insert', text: INSERT, values: [letterId, keyId, bytes, now] });
  }

  /** After the commit of a transaction that wrote letters. */
  posted(): void {
    this.carrying?.nudge();
  }

  /** True when there may be more at once. */
  async deliver(): Promise<boolean> {
    const { mailer, box } = this;
    if (mailer === undefined || box === undefined) return false;
    await this.database.query({ name: 'letter_give_up', text: GIVE_UP });
    const { rows } = await this.database.query<LetterRow>({ name: 'letter_claim', text: CLAIM, values: [AT_ONCE_MAX] });
    for (const row of rows) await this.hand(mailer, box, row);
    return rows.length === AT_ONCE_MAX;
  }

  private async hand(
    mailer: Mailer,
    box: SecretBox,
    { letter_id: letterId, key_id: keyId, sealed: bytes, attempts }: LetterRow,
  ): Promise<void> {
    try {
      const letter = JSON.parse(box.open(letterId, { keyId, bytes })) as Letter;
      if (letter.to !== '') await mailer.send(letterId, letter);
    } catch (error) {
      // Neither the address nor the text: both are the person's.
      this.logger.warn(
        { letter: letterId, attempts, reason: (error as { code?: string }).code ?? (error as Error).name },
        'a letter was not taken over; it is tried again',
      );
      return;
    }
    await this.database.query({ name: 'letter_done', text: DONE, values: [letterId] });
  }
}
