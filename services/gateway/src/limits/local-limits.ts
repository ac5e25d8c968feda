import { type ArrivalTimeMs, type Judgement, spend } from './rate';

/** Limits kept in this process, for keyless requests by address and for what is judged while the shared limiter is away. */
export class LocalLimits {
  private readonly arrivals = new Map<string, ArrivalTimeMs>();

  constructor(private readonly keysMax: number) {}

  /**
   * @param nowMs by a clock that is never set
   * @param timeOfDay what the reset is told in
   */
  spend(key: string, limitPerMinute: number, nowMs: number, timeOfDay: Date): Judgement {
    const { arrivalMs, resetInMs, spending } = spend(this.arrivals.get(key), limitPerMinute, nowMs);
    this.arrivals.delete(key);
    this.arrivals.set(key, arrivalMs);
    if (this.arrivals.size > this.keysMax) this.dropOldest(nowMs);
    return { ...spending, resetAt: new Date(timeOfDay.getTime() + resetInMs) };
  }

  get size(): number {
    return this.arrivals.size;
  }

  /** An entry whose arrival time has passed says nothing any more; under pressure the least recent goes even if it does. */
  private dropOldest(nowMs: number): void {
    for (const [key, arrivalMs] of this.arrivals) {
      if (arrivalMs > nowMs && this.arrivals.size <= this.keysMax) return;
      this.arrivals.delete(key);
    }
  }
}
