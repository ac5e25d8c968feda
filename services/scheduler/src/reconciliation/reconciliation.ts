import { formatUsd } from '@usvideo/runtime';

/** What the log of jobs says of one job. */
export type JobFact =
  | {
      readonly kind: 'submitted';
      readonly jobId: string;
      readonly at: Date;
      readonly environment: string;
      readonly estimatedMicros: bigint;
    }
  | {
      readonly kind: 'ended';
      readonly jobId: string;
      readonly at: Date;
      readonly completed: boolean;
      readonly verdict: Settlement;
    };

/** What the log of the ledger says of one job's money. */
export type HoldFact =
  | { readonly kind: 'placed'; readonly jobId: string; readonly at: Date; readonly amountMicros: bigint }
  | { readonly kind: 'posted'; readonly jobId: string; readonly at: Date; readonly posting: Settlement };

/** How a job's money ends: as the verdict orders it, or as the ledger posted it. */
export interface Settlement {
  readonly chargedMicros: bigint;
  readonly releasedMicros: bigint;
  readonly rule: string;
}

interface Entry {
  submitted?: JobFact & { kind: 'submitted' };
  ended?: JobFact & { kind: 'ended' };
  placed?: HoldFact & { kind: 'placed' };
  posted?: HoldFact & { kind: 'posted' };
}

/** The rule of a hold that was given back because its job was never submitted. */
const VOIDED = 'voided';

/**
 * Compares jobs with their money. Facts come in any order of the two logs; a job is forgotten as soon as both sides of it are
 * complete and agree, so that only what is open is remembered.
 */
export class Reconciliation {
  private readonly entries = new Map<string, Entry>();
  private readonly found: string[] = [];
  jobsChecked = 0;
  holdsChecked = 0;
  underWay = 0;

  /** @param judgedBefore what is younger is not missed yet: its other half may be on its way. */
  constructor(private readonly judgedBefore: Date) {}

  job(fact: JobFact): void {
    const entry = this.entry(fact.jobId);
    if (fact.kind === 'submitted') {
      this.jobsChecked += 1;
      entry.submitted = fact;
    } else {
      if (entry.ended !== undefined) this.found.push(`${fact.jobId} ended twice`);
      entry.ended = fact;
    }
    this.close(fact.jobId, entry);
  }

  hold(fact: HoldFact): void {
    const entry = this.entry(fact.jobId);
    if (fact.kind === 'placed') {
      this.holdsChecked += 1;
      entry.placed = fact;
    } else {
      if (entry.posted !== undefined)
        this.found.push(`${fact.jobId}: its hold ended twice, the second time ${told(fact.posting)}`);
      entry.posted = fact;
    }
    this.close(fact.jobId, entry);
  }

  /** Everything that does not agree, after the last fact. */
  differences(): string[] {
    const open = [...this.entries].flatMap(([jobId, entry]) => this.judge(jobId, entry));
    return [...this.found, ...open];
  }

  private entry(jobId: string): Entry {
    const known = this.entries.get(jobId);
    if (known !== undefined) return known;
    const entry: Entry = {};
    this.entries.set(jobId, entry);
    return entry;
  }

  private close(jobId: string, entry: Entry): void {
    const { submitted, ended, placed, posted } = entry;
    if (isWithoutHold(entry) && movedNothing(entry)) return void this.entries.delete(jobId);
    if (submitted === undefined || ended === undefined || placed === undefined || posted === undefined) return;
    this.found.push(...contradictions(jobId, { submitted, ended, placed, posted }));
    this.entries.delete(jobId);
  }

  private judge(jobId: string, entry: Entry): string[] {
    const { submitted, ended, placed, posted } = entry;
    if (isWithoutHold(entry)) return [];
    if (isVoided(entry) && submitted === undefined && ended === undefined) return [];
    if (submitted !== undefined && ended === undefined && placed !== undefined && posted === undefined) return [];
    if ([submitted, ended, placed, posted].some((fact) => fact !== undefined && fact.at >= this.judgedBefore)) {
      this.underWay += 1;
      return [];
    }
    return [...missing(jobId, entry)];
  }
}

function isVoided({ posted }: Entry): boolean {
  return posted?.posting.rule === VOIDED && posted.posting.chargedMicros === 0n;
}

/** A test job from before the sandbox had holds. */
function isWithoutHold({ submitted, placed, posted }: Entry): boolean {
  return submitted?.environment === 'test' && placed === undefined && posted === undefined;
}

/** No hold of it is still to be read: its verdict moved nothing. */
function movedNothing({ ended }: Entry): boolean {
  return ended?.verdict.chargedMicros === 0n && ended.verdict.releasedMicros === 0n;
}

/** A job whose two sides are complete. */
function contradictions(jobId: string, { submitted, ended, placed, posted }: Required<Entry>): string[] {
  const { verdict, completed } = ended;
  const { posting } = posted;
  const found: string[] = [];
  if (submitted.estimatedMicros !== placed.amountMicros) {
    found.push(
      `${jobId} was accepted for ${formatUsd(submitted.estimatedMicros)} and ${formatUsd(placed.amountMicros)} was held`,
    );
  }
  if (!completed && verdict.chargedMicros !== 0n)
    found.push(`${jobId} did not complete and its verdict ${told(verdict)}`);
  if (completed && verdict.chargedMicros !== placed.amountMicros)
    found.push(`${jobId} completed, its verdict ${told(verdict)}, and ${formatUsd(placed.amountMicros)} was held`);
  if (
    verdict.chargedMicros !== posting.chargedMicros ||
    verdict.releasedMicros !== posting.releasedMicros ||
    verdict.rule !== posting.rule
  ) {
    found.push(`${jobId}: the verdict ${told(verdict)}, the ledger ${told(posting)}`);
  }
  return found;
}

/** A job of which something is not there. */
function* missing(jobId: string, { submitted, ended, placed, posted }: Entry): Generator<string> {
  const isJob = submitted !== undefined || ended !== undefined;
  if (isJob && placed === undefined) yield `${jobId} was submitted and its hold was never placed`;
  if (ended !== undefined && submitted === undefined) yield `${jobId} ended and was never submitted`;
  if (!isJob && placed !== undefined && posted === undefined)
    yield `${jobId}: ${formatUsd(placed.amountMicros)} is held since ${placed.at.toISOString()} for a job that does not exist`;
  if (!isJob && posted !== undefined)
    yield `${jobId}: the ledger ${told(posted.posting)} for a job that does not exist`;
  if (ended !== undefined && placed !== undefined && posted === undefined) {
    yield `${jobId} ended at ${ended.at.toISOString()}, its verdict ${told(ended.verdict)}, and the hold is still pending`;
  }
  if (submitted !== undefined && ended === undefined && posted !== undefined)
    yield `${jobId} has not ended and the ledger ${told(posted.posting)}`;
}

function told({ chargedMicros, releasedMicros, rule }: Settlement): string {
  return `charges ${formatUsd(chargedMicros)} and releases ${formatUsd(releasedMicros)} as ${rule}`;
}
