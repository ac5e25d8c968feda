import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from './seeded-random.ts';
import type { Fault, Hit, Scene } from './faults.ts';

export interface Inflicted extends Partial<Hit> {
  readonly kind: string;
  readonly at: string | undefined;
  readonly atMs: number;
  readonly endedAtMs: number;
  readonly error?: string;
}

export interface CampaignOptions {
  readonly faults: readonly Fault[];
  /** Of each kind that count. */
  readonly each: number;
  /** Nothing is begun after it. */
  readonly untilMs: number;
  /** Faults at the same time, never two at one part. */
  readonly lanes: number;
  readonly show: (line: string) => void;
}

const GAP_MS = 700;
/** A target at which nothing is in flight again and again is given up. */
const TRIES_PER_COUNT = 5;

/** Inflicts faults in an order that the seed decides, several at a time, until each kind has counted often enough. */
export async function campaign(scene: Scene, options: CampaignOptions): Promise<Inflicted[]> {
  const inflicted: Inflicted[] = [];
  const waiting = deal(options.faults, options.each, scene.random);
  const held = new Set<string>();
  const startedAtMs = Date.now();
  const lane = async (random: SeededRandom) => {
    while (waiting.length > 0 && Date.now() < options.untilMs) {
      const next = waiting.findIndex(({ holds }) => holds.every((part) => !held.has(part)));
      if (next === -1) {
        await delay(100);
        continue;
      }
      const [fault] = waiting.splice(next, 1);
      for (const part of fault!.holds) held.add(part);
      const done = await inflict(fault!, { ...scene, random });
      for (const part of fault!.holds) held.delete(part);
      inflicted.push(done);
      options.show(
        `${seconds(done.atMs - startedAtMs)} ${done.kind} → ${done.error ?? `${done.target}: ${done.inFlight} ${done.unit} (${seconds(done.endedAtMs - done.atMs)})`}`,
      );
      const tries = inflicted.filter(({ kind, at }) => kind === fault!.kind && at === fault!.at).length;
      if (!done.inFlight && tries < options.each * TRIES_PER_COUNT) waiting.push(fault!);
      await delay(GAP_MS);
    }
  };
  await Promise.all(Array.from({ length: options.lanes }, () => lane(scene.random.another())));
  return inflicted;
}

/** As many of each kind; the targets of a kind take turns. */
function deal(faults: readonly Fault[], each: number, random: SeededRandom): Fault[] {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()].map((targets) => random.shuffled(targets));
  return Array.from({ length: each }, (_, round) =>
    random.shuffled(kinds.map((targets) => targets[round % targets.length]!)),
  ).flat();
}

async function inflict(fault: Fault, scene: Scene): Promise<Inflicted> {
  const atMs = Date.now();
  try {
    return { kind: fault.kind, at: fault.at, atMs, ...(await fault.inflict(scene)), endedAtMs: Date.now() };
  } catch (error) {
    return {
      kind: fault.kind,
      at: fault.at,
      atMs,
      endedAtMs: Date.now(),
      error: (error as Error).message.split('\n')[0],
    };
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
