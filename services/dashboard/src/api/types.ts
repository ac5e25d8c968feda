/** What the platform answers, as far as the pages show it; `services/gateway/openapi.json` says the whole. */
export interface List<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}

export type JobStatus = 'pending' | 'processing' | 'completed' | 'failed' | 'cancelled';
export type Resolution = '480p' | '720p' | '1080p';
export type AspectRatio = '16:9' | '9:16' | '1:1';

export interface Attempt {
  readonly attempt: number;
  readonly worker: string;
  readonly engine: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly outcome: string | null;
}

export interface Video {
  readonly id: string;
  readonly status: JobStatus;
  readonly livemode: boolean;
  readonly mode: 'text_to_video' | 'image_to_video';
  readonly model: string;
  readonly prompt: string | null;
  readonly negative_prompt: string | null;
  readonly first_frame: string | null;
  readonly resolution: Resolution;
  readonly aspect_ratio: AspectRatio | null;
  readonly duration: number;
  readonly duration_actual: number | null;
  readonly seed: number;
  readonly estimated_cost: string;
  readonly cost: string | null;
  readonly billing: {
    readonly state: string;
    readonly charged_micros: number;
    readonly released_micros: number;
    readonly refunded_micros: number;
    readonly rule: string | null;
    readonly settled: boolean;
  };
  readonly video_url: string | null;
  readonly video_url_expires_at: string | null;
  readonly thumbnail_url: string | null;
  readonly progress: number;
  readonly queue_position: number | null;
  readonly eta_seconds: number | null;
  readonly cancellable: boolean;
  readonly attempts: readonly Attempt[];
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly webhook_url: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly end_user: string | null;
  readonly api_key_id: string;
  readonly trace_id: string;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly rendering_started_at: string | null;
  readonly completed_at: string | null;
  readonly deadline_at: string | null;
  readonly content_erased_at: string | null;
}

export interface Model {
  readonly id: string;
  readonly description: string;
  readonly modes: readonly string[];
  readonly resolutions: readonly Resolution[];
  readonly aspect_ratios: readonly AspectRatio[];
  readonly max_duration: number;
  readonly prices: readonly {
    readonly resolution: string;
    readonly per_second: string;
    readonly per_second_micros: number;
  }[];
}

export interface Quote {
  readonly quote_id: string;
  readonly cost: string;
  readonly per_second: string;
  readonly expires_at: string | null;
}

export interface SpendCap {
  readonly api_key_id: string | null;
  readonly limit: string | null;
  readonly limit_micros: number | null;
  readonly spent: string;
  readonly spent_micros: number;
  readonly held: string;
  readonly held_micros: number;
  readonly remaining: string | null;
}

export interface Balance {
  readonly balance: string;
  readonly balance_micros: number;
  readonly available: string;
  readonly available_micros: number;
  readonly held: string;
  readonly held_micros: number;
  readonly total_spend: string;
  readonly owed: string;
  readonly owed_micros: number;
  readonly low_balance_threshold: string | null;
  readonly current_period: {
    readonly start: string | null;
    readonly end: string | null;
    readonly spend: string | null;
    readonly spend_micros: number | null;
    readonly jobs: number;
  };
  readonly spend_caps: readonly SpendCap[];
}

export interface UsageRow {
  readonly job_id: string;
  readonly api_key_id: string;
  readonly date: string;
  readonly model: string;
  readonly resolution: string;
  readonly duration: number;
  readonly cost: string;
  readonly refunded: string;
  readonly refunded_micros: number;
}

export interface UsageGroup {
  readonly group: string | null;
  readonly jobs: number;
  readonly seconds: number;
  readonly cost: string;
  readonly cost_micros: number;
  readonly refunded: string;
  readonly refunded_micros: number;
}

export interface Usage<Row> extends List<Row> {
  readonly start_date: string;
  readonly end_date: string;
  readonly totals: {
    readonly jobs: number;
    readonly seconds: number;
    readonly cost: string;
    readonly refunded: string;
    readonly refunded_micros: number;
  };
}

export interface LedgerEntry {
  readonly id: string;
  readonly kind: string;
  readonly job_id: string | null;
  readonly available_change: string;
  readonly available_change_micros: number;
  readonly held_change: string;
  readonly held_change_micros: number;
  readonly available_after: string;
  readonly balance_after: string;
  readonly reference: string | null;
  readonly note: string | null;
  readonly created_at: string | null;
}

export interface Statement {
  readonly period: string;
  readonly open: boolean;
  readonly opening_balance: string;
  readonly added: string;
  readonly charged: string;
  readonly refunded: string;
  readonly reversed: string;
  readonly adjusted: string;
  readonly closing_balance: string;
  readonly jobs: number;
}

export interface TopUp {
  readonly id: string;
  readonly amount: string;
  readonly status: 'pending' | 'completed' | 'failed' | 'expired';
  readonly provider: string;
  readonly checkout_url: string | null;
  readonly automatic: boolean;
  readonly created_at: string | null;
}

export interface AutoTopUp {
  readonly state: 'off' | 'no_payment_method' | 'waiting' | 'charging' | 'month_max_reached' | 'failed';
  readonly enabled: boolean;
  readonly threshold: string;
  readonly amount: string;
  readonly amount_micros: number;
  readonly monthly_max: string;
  readonly monthly_max_micros: number;
  readonly charged_this_month: string;
  readonly charged_this_month_micros: number;
  readonly payment_method: string | null;
  readonly failure: string | null;
  /** Whether this installation can save payment methods. */
  readonly offered: boolean;
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly masked_key: string;
  readonly scopes: readonly string[];
  readonly livemode: boolean;
  readonly created_at: string | null;
  readonly last_used_at: string | null;
  readonly expires_at: string | null;
}

export interface Account {
  readonly account_id: string;
  readonly name: string;
  readonly email: string;
  readonly plan: string;
  readonly status: string;
  readonly created_at: string | null;
}

interface Use {
  readonly allowed: number;
  readonly in_use: number;
}

export interface Limits {
  readonly concurrent_jobs: Use;
  readonly queued_jobs: Use;
  readonly streams: Use;
  readonly creates_per_minute: { readonly allowed: number };
  readonly reads_per_minute: { readonly allowed: number };
}

export interface Endpoint {
  readonly id: string;
  readonly url: string;
  readonly events: readonly string[];
  readonly description: string | null;
  readonly enabled: boolean;
  readonly disabled_reason: 'gone' | 'unreachable' | 'customer' | null;
  readonly created_at: string | null;
  /** When it was made, and never again: `…/secret` tells it. */
  readonly secret?: string;
}

export interface WebhookSecret {
  readonly secret: string;
  readonly previous_secret: string | null;
}

export interface Delivery {
  readonly id: string;
  readonly endpoint_id: string | null;
  readonly parked: boolean;
  readonly redelivery_of: string | null;
  readonly event_id: string;
  readonly event: string;
  readonly job_id: string | null;
  readonly url: string;
  readonly status: 'pending' | 'delivered' | 'failed' | 'superseded';
  readonly created_at: string | null;
  readonly next_attempt_at: string | null;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly started_at: string | null;
    readonly duration_ms: number;
    readonly http_status: number | null;
    readonly error: string | null;
    readonly response_excerpt: string;
  }[];
}

export type Role = 'owner' | 'developer' | 'billing' | 'viewer';

export interface Session {
  readonly user: {
    readonly id: string;
    readonly email: string;
    readonly name: string;
    readonly email_verified: boolean;
    readonly mfa_enabled: boolean;
  };
  readonly account: { readonly account_id: string; readonly name: string; readonly plan: string };
  readonly role: Role;
  readonly accounts: readonly { readonly account_id: string; readonly name: string; readonly role: Role }[];
  readonly csrf_token: string;
  /** Where a trace is shown, with {trace_id} in it. */
  readonly trace_url_template: string | null;
}

export interface Registered {
  readonly account_id: string;
  readonly live_key: string;
  readonly test_key: string;
  readonly webhook_secret: string | null;
}
