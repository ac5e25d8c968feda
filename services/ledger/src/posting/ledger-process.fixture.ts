import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { LedgerCommand } from '../account/batch';

export interface Answer {
  readonly refusal?: string;
  readonly replayed?: boolean;
}

/** What a client sees of a process that died: nothing. The command may have been carried out or not. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** A ledger writer in a process of its own, built code and all. */
export class LedgerProcess {
  private readonly waiting = new Map<number, Waiting>();
  private readonly gone: Promise<void>;
  private lastId = 0;
  private dead = false;

  private constructor(private readonly child: ChildProcess) {
    this.gone = new Promise((resolve) => child.once('exit', () => resolve()));
    createInterface({ input: child.stdout! }).on('line', (line) => this.hear(line));
    child.stdin!.on('error', () => this.lose());
    void this.gone.then(() => this.lose());
  }

  static async start(url: string): Promise<LedgerProcess> {
    const script = join(__dirname, '..', '..', 'test', 'ledger-process.mjs');
    const started = new LedgerProcess(
      spawn(process.execPath, [script, url, '2'], { stdio: ['pipe', 'pipe', 'inherit'] }),
    );
    await new Promise<Answer>((resolve, reject) => started.waiting.set(0, { resolve, reject }));
    return started;
  }

  submit(command: LedgerCommand): Promise<Answer> {
    if (this.dead) return Promise.reject(new NoAnswer('the process is gone'));
    const id = ++this.lastId;
    const asText = (_: string, field: unknown) => (typeof field === 'bigint' ? { micros: String(field) } : field);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.child.stdin!.write(`${JSON.stringify({ id, command }, asText)}\n`);
    });
  }

  /** As a crash: whatever is in flight stays where it is. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.gone;
  }

  async stop(): Promise<void> {
    this.child.stdin!.end();
    await this.gone;
  }

  private hear(line: string): void {
    const { id, fault, ...answer } = JSON.parse(line) as Answer & { id: number; fault?: string };
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (fault === undefined) waiting?.resolve(answer);
    else waiting?.reject(new NoAnswer(fault));
  }

  private lose(): void {
    this.dead = true;
    for (const { reject } of this.waiting.values()) reject(new NoAnswer('the process died'));
    this.waiting.clear();
  }
}
