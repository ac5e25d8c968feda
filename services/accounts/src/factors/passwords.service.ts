import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { dictionary } from '@zxcvbn-ts/language-common';
import { grpcError, status } from '@usvideo/runtime';
import { isEasilyGuessed } from './password-strength';

/** Each takes 19 MiB and a core for some 30 ms. */
const AT_ONCE_MAX = 4;
const WAITING_MAX = 64;

/** argon2id, a bounded number at a time, so that a flood of sign-ins costs itself and nobody else. */
@Injectable()
export class Passwords {
  private readonly common = new Set<string>(dictionary['passwords-common']);
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private nobodys: Promise<string> | undefined;

  isEasilyGuessed(password: string, ownWords: readonly string[]): boolean {
    return isEasilyGuessed(password, this.common, ownWords);
  }

  /** @throws UNAVAILABLE when too many wait already */
  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password));
  }

  /** Without a hash it takes as long as with one, and is false. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const against = passwordHash ?? (await (this.nobodys ??= this.hash('nobody has this password')));
    const matches = await this.inTurn(() => verify(against, password));
    return passwordHash !== undefined && matches;
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= AT_ONCE_MAX) {
      if (this.waiting.length >= WAITING_MAX)
        throw grpcError(status.UNAVAILABLE, 'too many passwords are being checked');
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
      this.waiting.shift()?.();
    }
  }
}
