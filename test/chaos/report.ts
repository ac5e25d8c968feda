import type { Inflicted } from './fault-schedule.ts';
import { endOf, type JobHistory } from './job-history.ts';
import type { Load } from './load.ts';
import type { Proof } from './proofs.ts';
import type { Throughput } from './throughput.ts';

export interface Report {
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly inflicted: readonly Inflicted[];
  readonly load: Load;
  readonly histories: ReadonlyMap<string, JobHistory>;
  readonly throughput: Throughput;
  readonly proofs: readonly Proof[];
  readonly seconds: number;
}

const FAULTS_SHOWN = 12;

export function show({ seed, kinds, inflicted, load, histories, throughput, proofs, seconds }: Report): void {
  console.log('\nFaults');
  console.table(
    kinds.map((kind) => {
      const of = inflicted.filter((fault) => fault.kind === kind);
      return { kind, injected: of.length, counted: of.filter(({ inFlight }) => (inFlight ?? 0) > 0).length };
    }),
  );
  console.log(`Targets    ${targetsHit(inflicted)}`);
  const ends = Map.groupBy(histories.values(), (history) => endOf(history) ?? 'under way');
  const jobs = {
    accepted: load.accepted.length,
    completed: ends.get('jobCompleted')?.length ?? 0,
    failed: ends.get('jobFailed')?.length ?? 0,
    cancelled: ends.get('jobCancelled')?.length ?? 0,
  };
  console.log(
    `Jobs       ${Object.entries(jobs)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ')}; ${load.wishes.length - load.accepted.length} requests refused, ${load.payments.size} payments`,
  );
  console.log(
    `Answers    ${[...load.asking.answers]
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([answer, count]) => `${answer} × ${count}`)
      .join(', ')}`,
  );
  const { beforePerSecond, duringPerSecond, afterPerSecond, backAfterSeconds } = throughput;
  const back =
    backAfterSeconds === undefined ? 'not back at 80 %' : `back at 80 % within ${backAfterSeconds.toFixed(1)} s`;
  console.log(
    `Throughput ${beforePerSecond.toFixed(2)} jobs/s before, ${duringPerSecond.toFixed(2)} during, ${afterPerSecond.toFixed(2)} after the last fault; ${back}`,
  );
  console.log('\nProofs');
  for (const { name, checked, of, faults } of proofs) {
    console.log(`  ${faults.length === 0 && checked > 0 ? 'PASS' : 'FAIL'}  ${name}: ${checked} ${of}`);
    for (const fault of faults.slice(0, FAULTS_SHOWN)) console.log(`          ${fault}`);
    if (faults.length > FAULTS_SHOWN) console.log(`          and ${faults.length - FAULTS_SHOWN} more`);
  }
  console.log(
    `\n${passed(proofs) ? 'PASS' : 'FAIL'}  seed ${seed}, ${seconds.toFixed(0)} s, ${inflicted.length} faults`,
  );
}

export function passed(proofs: readonly Proof[]): boolean {
  return proofs.every(({ faults, checked }) => faults.length === 0 && checked > 0);
}

/** How often each target of the kinds that have several was hit: links, topics, groups, relays. */
function targetsHit(inflicted: readonly Inflicted[]): string {
  const counted = inflicted.filter(({ at, inFlight = 0 }) => at !== undefined && inFlight > 0);
  return [...Map.groupBy(counted, ({ at }) => at!)]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([at, hits]) => `${at} × ${hits.length}`)
    .join(', ');
}
