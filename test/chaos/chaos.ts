/**
 * `npm run chaos [-- --short] [--seed N] [--seconds N] [--faults-each N] [--only <words of a kind>]…`: loads a replicated cluster, breaks
 * it in every way that is known here, and proves afterwards that nothing was lost, doubled or promised in vain. See README.md.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AccountChanges } from './account-changes.ts';
import { accountAnswersProof, limitsProof } from './account-proofs.ts';
import { DisturbableCluster } from './disturbable-cluster.ts';
import { artifactProof } from './artifact-proof.ts';
import { campaign, type Inflicted } from './fault-schedule.ts';
import { SeededRandom } from './seeded-random.ts';
import type { Fault } from './faults.ts';
import { answersProof, endedOnceProof, leaseProof, refusedProof, verdictProof } from './job-proofs.ts';
import { readHistories } from './job-history.ts';
import { KafkaRecord } from './kafka-record.ts';
import { kafkaFaults } from './kafka-faults.ts';
import { Load } from './load.ts';
import { networkFaults } from './network-faults.ts';
import { kafkaStop, killings, ledgerFrozen, postgresStop, relaysFrozen } from './process-faults.ts';
import { deliveryAuditProof, logProof, operatorProofs, type Proof } from './proofs.ts';
import { passed, show } from './report.ts';
import { comeToRest } from './quiescence.ts';
import { throughput, throughputProof } from './throughput.ts';
import { feedProof, webhookProof } from './webhook-proofs.ts';
import { workerFrozen } from './worker-fault.ts';

/** What the long run does, and the one of two minutes that CI runs on whatever machine it has. */
const LONG = { seconds: 3_600, each: 20, jobs: 2_000, lanes: 3, calmSeconds: 40, judgesThroughput: true };
const SHORT: typeof LONG = { seconds: 300, each: 1, jobs: 100, lanes: 3, calmSeconds: 10, judgesThroughput: false };
/** From the end of the faults to the last job that was asked for. */
const JOBS_WITHIN_MS = 30 * 60_000;

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    seconds: { type: 'string' },
    'faults-each': { type: 'string' },
    jobs: { type: 'string' },
    lanes: { type: 'string' },
    'calm-seconds': { type: 'string' },
    only: { type: 'string', multiple: true, default: [] },
    keep: { type: 'boolean', default: false },
  },
});
const preset = values.short ? SHORT : LONG;
const wanted = {
  ...preset,
  seconds: Number(values.seconds ?? preset.seconds),
  each: Number(values['faults-each'] ?? preset.each),
  jobs: Number(values.jobs ?? preset.jobs),
  lanes: Number(values.lanes ?? preset.lanes),
  calmSeconds: Number(values['calm-seconds'] ?? preset.calmSeconds),
};
const seed = Number(values.seed);
const random = new SeededRandom(seed);
const startedAtMs = Date.now();
const say = (line: string) => console.log(`  ${((Date.now() - startedAtMs) / 1_000).toFixed(1).padStart(7)}  ${line}`);

const all: Fault[] = [
  ...killings(),
  kafkaStop,
  postgresStop,
  workerFrozen,
  ledgerFrozen,
  ...relaysFrozen,
  ...networkFaults,
  ...kafkaFaults,
];
const faults = all.filter(
  ({ kind, at = '' }) => values.only.length === 0 || values.only.some((words) => `${kind} ${at}`.includes(words)),
);
const kinds = [...Map.groupBy(faults, ({ kind }) => kind)];
if (kinds.length === 0)
  throw new Error(`--only leaves no fault of ${[...new Set(all.map(({ kind }) => kind))].join(', ')}`);
const calmMs = wanted.calmSeconds * 1_000;

console.log(
  `chaos with seed ${seed}: ${wanted.each} faults of each of ${kinds.length} kinds in at most ${wanted.seconds} s, ${wanted.jobs} jobs`,
);
const disturbed = await DisturbableCluster.open(say);
const record = new KafkaRecord(disturbed);
// So many lanes that work is always waiting, before the faults as after them, and so few jobs that whoever loses its lease soon has another.
const load = new Load({ disturbed, random: random.another(), lanes: 10, underWayMax: 15 });
const changes = new AccountChanges(load, random.another());

try {
  await load.prepare();
  load.start();
  changes.start();
  // The first jobs find cold processes.
  await delay(calmMs / 4);
  const loadedAtMs = Date.now();
  await delay(calmMs);
  const firstFaultAtMs = Date.now();
  say('the faults begin');
  const inflicted = await campaign(
    { disturbed, load, record, random: random.another() },
    {
      faults,
      each: wanted.each,
      untilMs: firstFaultAtMs + wanted.seconds * 1_000,
      lanes: wanted.lanes,
      show: say,
    },
  );
  const lastFaultOverAtMs = Date.now();
  say('the faults are over');
  await delay(calmMs);
  while (load.accepted.length < wanted.jobs && Date.now() < lastFaultOverAtMs + JOBS_WITHIN_MS) await delay(200);
  const endedAtMs = Date.now();
  await Promise.all([load.stop(), changes.stop()]);
  const rest = await comeToRest(disturbed, load, say);
  const evidence = { disturbed, load, changes, histories: await readHistories(disturbed, load.accountIds) };
  const proofs: Proof[] = [
    faultsProof(inflicted),
    rest,
    ...(await operatorProofs(evidence)),
    await logProof(evidence),
    await verdictProof(evidence),
    endedOnceProof(evidence),
    await refusedProof(evidence),
    await answersProof(evidence),
    await accountAnswersProof(evidence),
    await limitsProof(evidence),
    leaseProof(evidence),
    await artifactProof(evidence),
    await record.proof(),
    await deliveryAuditProof(evidence),
    await feedProof(evidence),
    webhookProof(evidence),
  ];
  const measured = await throughput(disturbed, { loadedAtMs, firstFaultAtMs, lastFaultOverAtMs, endedAtMs });
  if (wanted.judgesThroughput) proofs.push(throughputProof(measured));
  show({
    seed,
    kinds: kinds.map(([kind]) => kind),
    inflicted,
    load,
    histories: evidence.histories,
    throughput: measured,
    proofs,
    seconds: (Date.now() - startedAtMs) / 1_000,
  });
  process.exitCode = passed(proofs) ? 0 : 1;
} finally {
  await disturbed.close(values.keep || process.exitCode !== 0);
  if (process.exitCode !== 0) console.log(`logs and data are kept in ${disturbed.dataDir}`);
}

/** A run that did not do what was asked for proves less than it says. */
function faultsProof(inflicted: readonly Inflicted[]): Proof {
  const few = kinds.flatMap(([kind, targets]) => {
    const counted = inflicted.filter((fault) => fault.kind === kind && (fault.inFlight ?? 0) > 0);
    const each = Math.floor(wanted.each / targets.length);
    const missed = targets.filter(({ at }) => counted.filter((fault) => fault.at === at).length < each);
    return [
      ...(counted.length < wanted.each ? [`${kind} counted ${counted.length} times of ${wanted.each}`] : []),
      ...missed.map(({ at }) => `${kind} hit ${at} less than ${each} times`),
    ];
  });
  const strangers = disturbed.links.strangers.map((edge) => `${edge} is not in the picture`);
  const broken = inflicted.flatMap(({ kind, error }) => (error === undefined ? [] : [`${kind}: ${error}`]));
  const idle =
    load.accepted.length < wanted.jobs ? [`${load.accepted.length} jobs were accepted of ${wanted.jobs}`] : [];
  return {
    name: 'faults that hit something in flight',
    checked: inflicted.length,
    of: 'faults',
    faults: [...few, ...broken, ...strangers, ...idle],
  };
}
