/** Who waits for a job of this process to change, and the progress that is too frequent for a row of its own. */
export class JobChanges {
  private readonly listeners = new Map<string, Set<() => void>>();
  private readonly progress = new Map<string, number>();

  /** Called after the commit that changed these jobs. */
  changed(...jobIds: readonly string[]): void {
    for (const jobId of jobIds) for (const listener of this.listeners.get(jobId) ?? []) listener();
  }

  /** 0 to 100, from the heartbeat of the worker that holds the lease. */
  progressed(jobId: string, percent: number): void {
    if (this.progress.get(jobId) === percent) return;
    this.progress.set(jobId, percent);
    this.changed(jobId);
  }

  /** The lease that made this progress is over. */
  forgetProgress(jobId: string): void {
    this.progress.delete(jobId);
  }

  /** Undefined when the job's worker is connected to another replica. */
  progressOf(jobId: string): number | undefined {
    return this.progress.get(jobId);
  }

  /** The jobs that somebody listens to. */
  listenedTo(): ReadonlySet<string> {
    return new Set(this.listeners.keys());
  }

  /** Returns the function that ends the listening. */
  listen(jobId: string, onChange: () => void): () => void {
    const listeners = this.listeners.get(jobId) ?? new Set();
    this.listeners.set(jobId, listeners.add(onChange));
    return () => {
      listeners.delete(onChange);
      if (listeners.size === 0) this.listeners.delete(jobId);
    };
  }
}
