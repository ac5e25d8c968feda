import type { LoggedEvent } from '@usvideo/event-store';

/** What was read from one partition and is not yet handled, in the order of the partition. */
export class PartitionBuffer {
  private events: { event: LoggedEvent; offset: bigint }[] = [];
  /** Behind the last message that was read; undefined before the first. */
  private readOffset: bigint | undefined;
  private handledOffset: bigint | undefined;

  get length(): number {
    return this.events.length;
  }

  add(offset: bigint, event: LoggedEvent | undefined): void {
    if (event !== undefined) this.events.push({ event, offset });
    this.readOffset = offset + 1n;
    if (this.events.length === 0) this.handledOffset = this.readOffset;
  }

  first(count: number): LoggedEvent[] {
    return this.events.slice(0, count).map(({ event }) => event);
  }

  /** The first ones are dealt with. */
  handled(count: number): void {
    this.events = this.events.slice(count);
    this.handledOffset = this.events[0]?.offset ?? this.readOffset;
  }

  /** From where another reader would have to go on; each progress is told once. */
  takeProgress(): bigint | undefined {
    const progress = this.handledOffset;
    this.handledOffset = undefined;
    return progress;
  }
}
