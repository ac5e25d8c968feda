import { setTimeout as delay } from 'node:timers/promises';
import type { SeededRandom } from './seeded-random.ts';
import { type Fault, somethingInFlight, UNDER_WAY } from './faults.ts';
import { type Link, type LinkClass, PICTURE } from './links.ts';

type Harm = (link: Link, random: SeededRandom) => Promise<void>;

const CUTS = 3;

const HARMS: Readonly<Record<string, Harm>> = {
  /** Each connection is reset, and so are those that replace it. */
  cut: async ({ proxy }, random) => {
    for (let cut = 0; cut < CUTS; cut++) {
      proxy.cut();
      await delay(random.between(100, 800));
    }
  },
  /** A little, or for longer than a call is waited for: what was given up then arrives all the same. */
  delay: async ({ proxy }, random) => {
    proxy.delay(random.chance(0.5) ? random.between(5_500, 8_000) : random.between(200, 1_500));
    await delay(random.between(3_000, 7_000));
    proxy.delay(0);
  },
  /** One end is told that the other has gone, which goes on talking to nobody. */
  'half-close': async ({ proxy }, random) => {
    proxy.halfClose(random.pick(['client', 'server']));
    await delay(random.between(1_500, 4_000));
    proxy.cut();
  },
};

const CLASSES: Readonly<Record<LinkClass, string>> = {
  postgres: 'service ↔ PostgreSQL',
  kafka: 'service ↔ Kafka',
  grpc: 'service ↔ service',
  outside: 'outside ↔ platform',
};

/** Every harm to every arrow of the picture, each time to a link of it that has just been used while jobs were under way. */
export const networkFaults: readonly Fault[] = (Object.keys(CLASSES) as LinkClass[]).flatMap((of) =>
  Object.entries(HARMS).flatMap(([name, harm]) =>
    PICTURE[of].map((edge): Fault => ({
      kind: `${name} ${CLASSES[of]}`,
      at: edge,
      holds: [edge],
      inflict: async ({ disturbed, random }) => {
        let busy: Link[] = [];
        await somethingInFlight(async () => {
          busy = disturbed.links.busy(edge);
          return busy.length > 0 ? disturbed.count('scheduler', UNDER_WAY) : 0;
        });
        if (busy.length === 0) return { target: edge, inFlight: 0, unit: 'bytes in the last second' };
        const link = random.pick(busy);
        const inFlight = link.recentBytes;
        await harm(link, random);
        return { target: `${link.from} → ${link.to}`, inFlight, unit: 'bytes in the last second' };
      },
    })),
  ),
);
