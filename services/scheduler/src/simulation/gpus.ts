import type { Attempt, Gpu } from './simulated-job';

/** The slots of a fleet: who is here, who renders, and what it has cost so far. */
export class Gpus {
  readonly all: readonly Gpu[];
  private readonly idle: Gpu[] = [];
  private upCount = 0;
  private busyCount = 0;
  private upMs = 0;
  private busyMs = 0;
  private countedAt = 0;

  constructor(count: number, jobClass: string) {
    this.all = Array.from({ length: count }, (_, index) => ({
      workerId: `gpu_${index}`,
      engine: 'simulated',
      jobClasses: [jobClass],
      freeSlots: 1,
      up: false,
      attempt: undefined,
      place: -1,
    }));
    for (const gpu of this.all) this.comeUp(gpu, 0);
  }

  get up(): number {
    return this.upCount;
  }

  get busy(): number {
    return this.busyCount;
  }

  get free(): number {
    return this.idle.length;
  }

  someFree(count: number): Gpu[] {
    return this.idle.slice(-count);
  }

  comeUp(gpu: Gpu, now: number): void {
    this.count(now);
    gpu.up = true;
    this.upCount += 1;
    this.list(gpu);
  }

  goDown(gpu: Gpu, now: number): void {
    if (gpu.attempt !== undefined) this.end(gpu, now);
    this.count(now);
    gpu.up = false;
    this.upCount -= 1;
    this.unlist(gpu);
  }

  start(gpu: Gpu, attempt: Attempt, now: number): void {
    this.count(now);
    gpu.attempt = attempt;
    this.busyCount += 1;
    this.unlist(gpu);
  }

  end(gpu: Gpu, now: number): void {
    this.count(now);
    gpu.attempt = undefined;
    this.busyCount -= 1;
    this.list(gpu);
  }

  /** GPU time so far: of all that were here, and of those of them that rendered. */
  spent(now: number): { readonly upMs: number; readonly busyMs: number } {
    this.count(now);
    return { upMs: this.upMs, busyMs: this.busyMs };
  }

  private count(now: number): void {
    this.upMs += this.upCount * (now - this.countedAt);
    this.busyMs += this.busyCount * (now - this.countedAt);
    this.countedAt = now;
  }

  private list(gpu: Gpu): void {
    gpu.place = this.idle.length;
    this.idle.push(gpu);
  }

  private unlist(gpu: Gpu): void {
    if (gpu.place < 0) return;
    const last = this.idle.pop()!;
    if (last !== gpu) {
      this.idle[gpu.place] = last;
      last.place = gpu.place;
    }
    gpu.place = -1;
  }
}
