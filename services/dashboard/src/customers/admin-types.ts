export interface AdminLimits {
  readonly concurrent_jobs: number;
  readonly queued_jobs: number;
  readonly creates_per_minute: number;
  readonly reads_per_minute: number;
}

export interface AdminAccount {
  readonly account_id: string;
  readonly name: string;
  readonly email: string;
  readonly plan: string;
  readonly status: string;
  readonly created_at: string | null;
  readonly limits: { readonly live?: AdminLimits; readonly test?: AdminLimits };
}
