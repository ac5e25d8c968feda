/** What controllers need to know of the configuration. */
export class Settings {
  constructor(
    /** Without a slash at its end. */
    readonly publicUrl: string,
    readonly linkSecret: string,
    readonly supportUrl: string,
    readonly registration: 'open' | 'invite' | 'closed',
    readonly signupCreditMicros: bigint,
    /** What a second of a render slot costs; undefined: nobody said. */
    readonly slotSecondMicros: bigint | undefined,
    /** Where the trace of a job is shown, with `{trace_id}` in it; undefined: nowhere. */
    readonly traceUrlTemplate: string | undefined,
  ) {}

  /** Where the pages of the error codes are. */
  get errorDocsUrl(): string {
    return `${this.publicUrl}/docs/errors`;
  }

  /** Whether customers come over TLS: a cookie then never goes without it. */
  get isSecure(): boolean {
    return this.publicUrl.startsWith('https:');
  }
}
