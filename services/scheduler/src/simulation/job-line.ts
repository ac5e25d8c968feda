/** Knows its place in the order of submission. */
export interface Ordered {
  readonly order: number;
}

/** The jobs of one account, oldest first. One that comes back stands where it stood. */
export class JobLine<Job extends Ordered> {
  private jobs: Job[] = [];
  private head = 0;

  get length(): number {
    return this.jobs.length - this.head;
  }

  add(job: Job): void {
    this.jobs.push(job);
  }

  first(count: number): Job[] {
    return this.jobs.slice(this.head, this.head + count);
  }

  take(): Job {
    const job = this.jobs[this.head++]!;
    if (this.head > 1_024 && 2 * this.head > this.jobs.length) {
      this.jobs = this.jobs.slice(this.head);
      this.head = 0;
    }
    return job;
  }

  putBack(job: Job): void {
    let at = this.head;
    while (at < this.jobs.length && this.jobs[at]!.order < job.order) at += 1;
    if (at > this.head || this.head === 0) {
      this.jobs.splice(at, 0, job);
      return;
    }
    this.head -= 1;
    this.jobs[this.head] = job;
  }
}
