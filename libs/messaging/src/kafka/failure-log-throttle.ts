/** Once or twice is nothing: a topic that was just made takes a moment, a broker that was restarted too. */
const BORNE = 2;
/** While it lasts, so that whoever looks at the end of a log sees it. */
const REPEAT_MS = 60_000;

/** Decides which failures of work that is tried again for ever are worth a line: that it fails, again each minute, and that it works again. */
export class FailureLogThrottle {
  private failures = 0;
  private toldAtMs: number | undefined;

  /** @param nowMs of a clock that only goes forward */
  constructor(private readonly nowMs = () => performance.now()) {}

  /** How many failures in a row there were, if this one is to be told; else 0. */
  failed(): number {
    this.failures += 1;
    const isNews = this.toldAtMs === undefined ? this.failures > BORNE : this.nowMs() - this.toldAtMs >= REPEAT_MS;
    if (!isNews) return 0;
    this.toldAtMs = this.nowMs();
    return this.failures;
  }

  /** How many failures this success ended, if they were told of; else 0. */
  succeeded(): number {
    const ended = this.toldAtMs === undefined ? 0 : this.failures;
    this.failures = 0;
    this.toldAtMs = undefined;
    return ended;
  }
}
