import { BackOff, type Part } from './part';
import type { StatusRow } from './status-table';

/** A server that is running: PostgreSQL or Kafka. */
export interface RunningServer {
  readonly pid: number;
  /** Resolves when its process has ended, wanted or not. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
  /** As if the power had gone. */
  kill(): void;
}

export interface ServerPartOptions {
  readonly name: string;
  /** Called on the same data each time. */
  readonly launch: () => Promise<RunningServer>;
  readonly address: () => string;
  readonly report: (line: string) => void;
  readonly changed: () => void;
}

/** A server that all services share, started again whenever it ends by itself. */
export class ServerPart implements Part {
  readonly #backOff = new BackOff();
  #server: RunningServer | undefined;
  #state = 'not started';
  #isWanted = false;
  #restarts = 0;
  /** Stays shown while the server is away: it comes back there. */
  #address = '';
  #restart: NodeJS.Timeout | undefined;

  constructor(private readonly options: ServerPartOptions) {}

  get name(): string {
    return this.options.name;
  }

  row(): StatusRow {
    return {
      name: this.name,
      pid: this.#server?.pid,
      address: this.#address,
      operations: '',
      state: this.#state,
      restarts: this.#restarts,
    };
  }

  async start(): Promise<void> {
    if (this.#isWanted) return;
    this.#isWanted = true;
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#restart);
    this.#become('stopping');
    await this.#server?.stop();
    this.#server = undefined;
    this.#become('stopped');
  }

  async kill(): Promise<void> {
    this.#server?.kill();
    await this.#server?.exited;
  }

  async #launch(): Promise<void> {
    this.#become('starting');
    const server = await this.options.launch();
    this.#server = server;
    this.#address = this.options.address();
    this.#backOff.started(performance.now());
    this.#become('serving');
    void server.exited.then(() => this.#ended(server));
  }

  #ended(server: RunningServer): void {
    if (this.#server !== server || !this.#isWanted) return;
    this.#server = undefined;
    this.#become('ended');
    this.#startAgain('ended');
  }

  #startAgain(what: string): void {
    const pauseMs = this.#backOff.ended(performance.now());
    this.options.report(`${this.name} ${what} and starts again in ${pauseMs} ms`);
    this.#restart = setTimeout(() => {
      this.#restarts += 1;
      this.#launch().then(
        () => this.options.report(`${this.name} is serving`),
        (error: Error) => {
          if (this.#isWanted) this.#startAgain(`does not start (${error.message})`);
        },
      );
    }, pauseMs);
  }

  #become(state: string): void {
    this.#state = state;
    this.options.changed();
  }
}
