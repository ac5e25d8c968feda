import { setTimeout as delay } from 'node:timers/promises';
import type { Dice } from './dice.ts';
import { type Fault, somethingInFlight, UNDER_WAY } from './faults.ts';
import type { Link, LinkClass } from './links.ts';

type Harm = (link: Link, dice: Dice) => Promise<void>;

const CUTS = 3;

const HARMS: Readonly<Record<string, Harm>> = {
  /** Each connection is reset, and so are those that replace it. */
  'cut': async ({ proxy }, dice) => {
    for (let cut = 0; cut < CUTS; cut++) {
      proxy.cut();
      await delay(dice.between(100, 800));
    }
  },
  /** A little, or for longer than a call is waited for: what was given up then arrives all the same. */
  'delay': async ({ proxy }, dice) => {
    proxy.delay(dice.chance(0.5) ? dice.between(5_500, 8_000) : dice.between(200, 1_500));
    await delay(dice.between(3_000, 7_000));
    proxy.delay(0);
  },
  /** One end is told that the other has gone, which goes on talking to nobody. */
  'half-close': async ({ proxy }, dice) => {
    proxy.halfClose(dice.pick(['client', 'server']));
    await delay(dice.between(1_500, 4_000));
    proxy.cut();
  },
};

const CLASSES: Readonly<Record<LinkClass, string>> = { postgres: 'service ↔ PostgreSQL', kafka: 'service ↔ Kafka', grpc: 'service ↔ service' };

/** Every harm to every class of links, each time to another link that has just been used while jobs were under way. */
export function networkFaults(): Fault[] {
  return (Object.keys(CLASSES) as LinkClass[]).flatMap((of) => Object.entries(HARMS).map(([name, harm]): Fault => ({
    kind: `${name} ${CLASSES[of]}`,
    holds: [`links of ${of}`],
    inflict: async ({ arena, dice }) => {
      const busy = () => arena.links.busy(of);
      await somethingInFlight(async () => (busy().length > 0 ? arena.count('scheduler', UNDER_WAY) : 0));
      // Every edge between two services is as likely as any other, however many links it has.
      const edges = [...Map.groupBy(busy(), ({ from, to }) => `${serviceOf(from)} → ${serviceOf(to)}`).values()];
      const link = edges.length === 0 ? undefined : dice.pick(dice.pick(edges));
      if (link === undefined) return { target: CLASSES[of], inFlight: 0, unit: 'bytes in the last second' };
      const inFlight = link.recentBytes;
      await harm(link, dice);
      return { target: `${link.from} → ${link.to}`, inFlight, unit: 'bytes in the last second' };
    },
  })));
}

function serviceOf(name: string): string {
  return name.replace(/-\d+$/, '');
}
