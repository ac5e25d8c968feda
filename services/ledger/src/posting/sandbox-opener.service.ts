import { Inject, Injectable } from '@nestjs/common';
import { isPlayMoney } from '@usvideo/contracts/books';
import { LedgerWriter } from './ledger-writer.service';

/** Books remembered as opened, at most; above it the memory starts anew. */
const KNOWN_BOOKS_MAX = 100_000;

/** Play money is there whenever it is looked at, also before it was ever used. */
@Injectable()
export class SandboxOpener {
  private readonly opened = new Set<string>();

  constructor(@Inject(LedgerWriter) private readonly writer: Pick<LedgerWriter, 'submit'>) {}

  async open(accountId: string): Promise<void> {
    if (!isPlayMoney(accountId) || this.opened.has(accountId)) return;
    await this.writer.submit({ type: 'OpenSandbox', accountId });
    if (this.opened.size >= KNOWN_BOOKS_MAX) this.opened.clear();
    this.opened.add(accountId);
  }
}
