/** A point in the course of things that a test waits for by name, instead of sleeping. */
export class Signal<T = void> {
  private readonly promise: Promise<T>;
  private fire!: (value: T) => void;

  constructor(private readonly name: string) {
    this.promise = new Promise((resolve) => {
      this.fire = resolve;
    });
  }

  /** Only the first call counts. */
  emit(value: T): void {
    this.fire(value);
  }

  /** @throws when the signal did not come within the deadline. */
  async wait(deadlineMs = 30_000): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`the signal "${this.name}" did not come within ${deadlineMs} ms`)),
        deadlineMs,
      );
    });
    return Promise.race([this.promise, late]).finally(() => clearTimeout(timer));
  }
}
