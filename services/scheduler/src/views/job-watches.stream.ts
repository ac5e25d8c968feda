import { statusAs } from '@usvideo/contracts/names';
import { JobStatus, type WatchJobResponse } from '@usvideo/contracts/scheduler';
import { isEnded } from '../job/job';
import { publicStatus } from './job-object';
import type { JobChanges } from './job-changes';
import type { JobViews, OwnedView, Scope } from './job-views.sql';
import type { JobRenderer } from './job-renderer.service';

export interface JobWatchesOptions {
  readonly views: JobViews;
  readonly changes: JobChanges;
  readonly renderer: JobRenderer;
  /** Watchers of this process at most. */
  readonly watchersMax?: number;
}

export interface Watch extends Scope {
  readonly jobId: string;
  /** The update last seen; empty: none. */
  readonly afterUpdateId: string;
}

/** How long the last message waits for the ledger, so that the balance agrees with it. */
const SETTLED_WITHIN_MS = 1_000;

/** Follows jobs on behalf of callers: the state at once, then every change, until the job has ended. */
export class JobWatches {
  private watchers = 0;

  constructor(private readonly options: JobWatchesOptions) {}

  /** Whether another watcher may begin. */
  get full(): boolean {
    return this.watchers >= (this.options.watchersMax ?? 10_000);
  }

  /**
   * Undefined at once when there is no such job; otherwise true once the job has ended and was told, or the watch was aborted.
   * The job is looked at again only when the last telling was taken: a slow watcher misses states between, and fills no memory.
   */
  async follow(
    watch: Watch,
    tell: (update: WatchJobResponse) => Promise<void>,
    aborted: AbortSignal,
  ): Promise<true | undefined> {
    const { views, changes, renderer } = this.options;
    const changed = new Changed();
    const stopListening = changes.listen(watch.jobId, () => changed.signal());
    aborted.addEventListener('abort', () => changed.signal(), { once: true });
    this.watchers += 1;
    try {
      let last = watch.afterUpdateId;
      let endSeenAtMs: number | undefined;
      while (!aborted.aborted) {
        const view = await views.one(watch, watch.jobId);
        if (view === undefined) return undefined;
        if (isEnded(view.state)) endSeenAtMs ??= performance.now();
        const settling =
          view.settled || endSeenAtMs === undefined
            ? 0
            : Math.max(0, endSeenAtMs + SETTLED_WITHIN_MS - performance.now());
        const updateId = updateIdOf(view);
        if (updateId !== last && settling === 0 && !aborted.aborted)
          await tell({ updateId, ...statusAs(JobStatus, publicStatus(view.state)), jobJson: renderer.json(view) });
        if (settling === 0) last = updateId;
        if (isEnded(view.state) && settling === 0) return true;
        await changed.next(settling || undefined);
      }
      return true;
    } finally {
      this.watchers -= 1;
      stopListening();
    }
  }
}

/** Grows with every change of state, and of progress within it. */
function updateIdOf({ version, state, progress }: OwnedView): string {
  return `${version}.${state.name === 'rendering' ? progress : 0}`;
}

/** Remembers a change that comes while the last one is being told. */
class Changed {
  private pending = false;
  private wake: (() => void) | undefined;

  signal(): void {
    this.pending = true;
    this.wake?.();
  }

  /** Resolves at the next change, or after the time given. */
  async next(withinMs: number | undefined): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((resolve) => {
        const timer = withinMs === undefined ? undefined : setTimeout(resolve, withinMs);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.pending = false;
  }
}
