/** Where a process spent its time: the samples of `--cpu-prof`, added up by function and by package. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  /** Microseconds of the machine's monotonic clock, as are those of a window. */
  readonly startTime: number;
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

export function nowMicros(): number {
  return Number(process.hrtime.bigint() / 1_000n);
}

export interface Share {
  readonly name: string;
  readonly percent: number;
}

const IDLE = new Set(['(idle)', '(root)']);

/** The largest of the profiles in a folder, which is that of the main thread. Shares are of the time in the window in which it was not idle. */
export function readProfile(folder: string, window: Window): { functions: Share[]; packages: Share[] } {
  const profiles = readdirSync(folder)
    .filter((file) => file.endsWith('.cpuprofile'))
    .map((file) => readFileSync(join(folder, file), 'utf8'));
  const { nodes, samples, timeDeltas, startTime } = JSON.parse(
    profiles.sort((one, other) => other.length - one.length)[0]!,
  ) as CpuProfile;
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
  const [functions, packages] = [new Map<string, number>(), new Map<string, number>()];
  let [busy, at] = [0, startTime];
  for (const [index, id] of samples.entries()) {
    const { functionName, url, lineNumber } = frames.get(id)!;
    const micros = timeDeltas[index]!;
    at += micros;
    if (IDLE.has(functionName) || at < window.from || at > window.to) continue;
    busy += micros;
    const place = packageOf(url);
    add(packages, url === '' ? functionName : place, micros);
    add(
      functions,
      url === ''
        ? functionName
        : `${functionName || '(anonymous)'} ${place} ${url.split('/').at(-1)}:${lineNumber + 1}`,
      micros,
    );
  }
  const shares = (times: Map<string, number>, most: number) =>
    [...times]
      .sort(([, one], [, other]) => other - one)
      .slice(0, most)
      .map(([name, micros]) => ({ name, percent: (100 * micros) / busy }));
  return { functions: shares(functions, 25), packages: shares(packages, 20) };
}

function add(times: Map<string, number>, name: string, micros: number): void {
  times.set(name, (times.get(name) ?? 0) + micros);
}

function packageOf(url: string): string {
  if (url.startsWith('node:')) return url;
  const [, module] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  const [, own] = /\/((?:services|libs)\/[^/]+)\//.exec(url) ?? [];
  return module ?? own ?? url;
}
