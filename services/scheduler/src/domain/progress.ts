/**
 * The newest progress of the renders whose workers are connected to this process, for those who watch a job. What other
 * replicas and later readers see is the lease row, written at most once a second.
 */
export class ProgressBoard {
  private readonly progress = new Map<string, number>();
  private readonly watchers = new Map<string, Set<() => void>>();

  /** 0 to 100, never falling within an attempt; undefined when no connected worker holds the job. */
  of(jobId: string): number | undefined {
    return this.progress.get(jobId);
  }

  report(jobId: string, percent: number): void {
    const bounded = Math.max(0, Math.min(100, Math.trunc(percent)));
    const known = this.progress.get(jobId);
    if (known !== undefined && bounded <= known) return;
    this.progress.set(jobId, bounded);
    this.changed(jobId);
  }

  /** The attempt is over: the next one starts from nothing. */
  forget(jobId: string): void {
    this.progress.delete(jobId);
    this.changed(jobId);
  }

  /** Calls `onChange` after each change of the job's progress or state seen by this process, until the answer is called. */
  watch(jobId: string, onChange: () => void): () => void {
    const watching = this.watchers.get(jobId) ?? new Set();
    this.watchers.set(jobId, watching.add(onChange));
    return () => {
      watching.delete(onChange);
      if (watching.size === 0 && this.watchers.get(jobId) === watching) this.watchers.delete(jobId);
    };
  }

  /** Tells the watchers of a job that its state changed. */
  changed(jobId: string): void {
    for (const onChange of [...this.watchers.get(jobId) ?? []]) onChange();
  }
}
