import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findGpu, NO_GPU } from './gpu.process';

describe('the GPU of a machine', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gpu-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const saying = async (text: string) => {
    const program = join(folder, 'nvidia-smi');
    await writeFile(program, `#!/bin/sh\n${text}\n`);
    await chmod(program, 0o755);
    return findGpu(program);
  };

  it('is the first that is named', async () => {
    expect(await saying("printf 'NVIDIA H200, 143771\\nNVIDIA H200, 143771\\n'")).toEqual({
      name: 'NVIDIA H200',
      memoryMib: 143_771,
    });
  });

  it.each(['exit 9', 'echo No devices were found', 'true'])('is none where the program says %p', async (text) => {
    expect(await saying(text)).toEqual(NO_GPU);
  });

  it('is none where there is no such program', async () => {
    expect(await findGpu(join(folder, 'none'))).toEqual(NO_GPU);
  });
});
