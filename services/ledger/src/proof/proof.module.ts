import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { Lifecycle, startLoop, type Logger } from '@usvideo/runtime';
import { CONFIG, DATABASE, LOGGER } from '@usvideo/service';
import type { LedgerConfig } from '../config';
import { AccountExport } from './account-export.sql';
import { observeBooks } from './book-metrics.loop';
import type { SigningKey } from '../signing/signing-key';
import { SigningModule } from '../signing/signing.module';
import { SIGNING_KEY } from '../signing/tokens';
import { SignedRoots } from '../signing/signed-roots.store';
import { SIGNED_ROOTS } from './tokens';
import { Verification } from './verification.loop';
import { VerificationRuns } from './verification-runs.sql';
import { LedgerVerifier } from './verifier.sql';

const BOOKS_EVERY_MS = 30_000;
/** How often it is looked whether the day has its root; the root itself is made once a UTC day. */
const ROOT_EVERY_MS = 600_000;

@Module({
  imports: [SigningModule],
  providers: [
    AccountExport,
    Verification,
    VerificationRuns,
    {
      provide: SIGNED_ROOTS,
      inject: [DATABASE, SIGNING_KEY],
      useFactory: (database: Database, key?: SigningKey) => key && new SignedRoots(database, key),
    },
    { provide: LedgerVerifier, inject: [CONFIG, DATABASE, SIGNING_KEY], useFactory: verifier },
  ],
  exports: [AccountExport, SIGNED_ROOTS, Verification, VerificationRuns],
})
export class ProofModule implements OnModuleInit {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly lifecycle: Lifecycle,
    @Inject(SIGNED_ROOTS) private readonly roots: SignedRoots | undefined,
    private readonly verification: Verification,
  ) {}

  onModuleInit(): void {
    const { database, lifecycle, logger, roots } = this;
    lifecycle.keep(
      'imbalance loop',
      startLoop({ name: 'ledger_imbalance', everyMs: BOOKS_EVERY_MS, logger, work: () => observeBooks(database) }),
    );
    if (roots !== undefined)
      lifecycle.keep(
        'root loop',
        startLoop({ name: 'ledger_root', everyMs: ROOT_EVERY_MS, logger, work: () => this.signDaily(roots) }),
      );
    lifecycle.keep('verification', this.verification.start());
  }

  /** The root also goes to the log: a copy that whoever changes the database does not reach. */
  private async signDaily(roots: SignedRoots): Promise<void> {
    const signed = await roots.signDaily();
    if (signed === undefined) return;
    const { accounts, root, sequence } = signed;
    this.logger.info(
      { sequence: String(sequence), root: Buffer.from(root).toString('hex'), accounts: String(accounts) },
      'the heads of all accounts were signed',
    );
  }
}

function verifier(
  { LEDGER_TRUSTED_KEYS: trusted }: LedgerConfig,
  database: Database,
  key: SigningKey | undefined,
): LedgerVerifier {
  return new LedgerVerifier(
    database,
    key === undefined ? [] : [key.publicKey, ...trusted.map((text) => Buffer.from(text, 'base64'))],
  );
}
