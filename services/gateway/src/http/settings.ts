/** What controllers need to know of the configuration. */
export class Settings {
  constructor(
    /** Without a slash at its end. */
    readonly publicUrl: string,
    readonly linkSecret: string,
    readonly supportUrl: string,
    readonly registration: 'open' | 'invite' | 'closed',
    readonly signupCreditMicros: bigint,
  ) {}
}
