import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What a worker runs on, as operators see it. */
export interface Gpu {
  /** Empty: none, or nobody knows. */
  readonly name: string;
  /** 0: not known. */
  readonly memoryMib: number;
}

export const NO_GPU: Gpu = { name: '', memoryMib: 0 };

const ASK_TIMEOUT_MS = 5_000;

/** The first GPU that NVIDIA's own program names, on a machine that has one. */
export async function findGpu(program = 'nvidia-smi'): Promise<Gpu> {
  try {
    const { stdout } = await promisify(execFile)(
      program,
      ['--query-gpu=name,memory.total', '--format=csv,noheader,nounits'],
      { timeout: ASK_TIMEOUT_MS },
    );
    const [, name, memory] = /^(.{1,100}), *(\d{1,9})$/m.exec(stdout) ?? [];
    return name === undefined ? NO_GPU : { name, memoryMib: Number(memory) };
  } catch {
    // A machine without the program has no GPU that it could tell of.
    return NO_GPU;
  }
}
