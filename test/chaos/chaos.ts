/**
 * `npm run chaos [-- --seconds N] [--seed N] [--faults-each N] [--only <words of a kind>]…`: loads a replicated cluster, breaks it
 * in every way that is known here, and proves afterwards that nothing was lost, doubled or promised in vain. See README.md.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Arena } from './arena.ts';
import { artifactProof } from './artifact-proof.ts';
import { campaign, type Inflicted } from './campaign.ts';
import { Dice } from './dice.ts';
import type { Fault } from './faults.ts';
import { answersProof, endedOnceProof, leaseProof, refusedProof, verdictProof } from './job-proofs.ts';
import { readHistories } from './job-history.ts';
import { KafkaRecord } from './kafka-record.ts';
import { duplicated, offsetsDeleted, rebalanced, replayed, topicRecreated } from './kafka-faults.ts';
import { Load } from './load.ts';
import { networkFaults } from './network-faults.ts';
import { kafkaStop, killings, ledgerFrozen, postgresStop, relayFrozen } from './process-faults.ts';
import { hearingProof, logProof, operatorProofs, type Proof } from './proofs.ts';
import { passed, show } from './report.ts';
import { comeToRest } from './rest.ts';
import { throughput, throughputProof } from './throughput.ts';
import { feedProof, webhookProof } from './webhook-proofs.ts';
import { workerFrozen } from './worker-fault.ts';

const { values } = parseArgs({ allowNegative: true, options: {
  'seconds': { type: 'string', default: '3600' }, 'seed': { type: 'string', default: String(Date.now() % 1_000_000) }, 'faults-each': { type: 'string', default: '20' },
  'only': { type: 'string', multiple: true, default: [] }, 'lanes': { type: 'string', default: '2' }, 'calm-seconds': { type: 'string', default: '40' },
  'jobs': { type: 'string', default: '2000' }, 'judge-throughput': { type: 'boolean', default: true }, 'keep': { type: 'boolean', default: false },
} });

const seed = Number(values.seed);
const dice = new Dice(seed);
const startedAtMs = Date.now();
const say = (line: string) => console.log(`  ${((Date.now() - startedAtMs) / 1_000).toFixed(1).padStart(7)}  ${line}`);

console.log(`chaos with seed ${seed}: at most ${values.seconds} s of faults, ${values['faults-each']} of each kind`);
const arena = await Arena.open(say);
const record = new KafkaRecord(arena);
const load = new Load({ arena, dice: dice.another(), lanes: 6, underWayMax: 30 });
const all: Fault[] = [...killings(), kafkaStop, postgresStop, workerFrozen, ledgerFrozen, relayFrozen, ...networkFaults(), duplicated, replayed, rebalanced, offsetsDeleted, topicRecreated];
const faults = all.filter(({ kind }) => values.only.length === 0 || values.only.some((word) => kind.includes(word)));
const calmMs = Number(values['calm-seconds']) * 1_000;

try {
  await load.prepare();
  load.start();
  // The first jobs find cold processes.
  await delay(calmMs / 4);
  const loadedAtMs = Date.now();
  await delay(calmMs);
  const firstFaultAtMs = Date.now();
  say('the faults begin');
  const inflicted = await campaign({ arena, load, record, dice: dice.another() }, {
    faults, each: Number(values['faults-each']), untilMs: firstFaultAtMs + Number(values.seconds) * 1_000, lanes: Number(values.lanes), show: say,
  });
  const lastFaultOverAtMs = Date.now();
  say('the faults are over');
  await delay(calmMs);
  while (load.accepted.length < Number(values.jobs)) await delay(200);
  const endedAtMs = Date.now();
  await load.stop();
  const rest = await comeToRest(arena, load, say);
  const evidence = { arena, load, histories: await readHistories(arena, load.accountIds) };
  const proofs: Proof[] = [
    faultsProof(inflicted, faults, Number(values['faults-each'])), rest, ...(await operatorProofs(evidence)), await logProof(evidence), await verdictProof(evidence),
    endedOnceProof(evidence), await refusedProof(evidence), await answersProof(evidence), leaseProof(evidence), await artifactProof(evidence),
    await record.proof(), await hearingProof(evidence), await feedProof(evidence), webhookProof(evidence),
  ];
  const measured = await throughput(arena, { loadedAtMs, firstFaultAtMs, lastFaultOverAtMs, endedAtMs });
  if (values['judge-throughput']) proofs.push(throughputProof(measured));
  show({ seed, kinds: faults.map(({ kind }) => kind), inflicted, load, histories: evidence.histories, throughput: measured, proofs, seconds: (Date.now() - startedAtMs) / 1_000 });
  process.exitCode = passed(proofs) ? 0 : 1;
} finally {
  await arena.close(values.keep || process.exitCode !== 0);
  if (process.exitCode !== 0) console.log(`logs and data are kept in ${arena.dataDir}`);
}


/** A run that did not inflict what was asked for proves less than it says. */
function faultsProof(inflicted: readonly Inflicted[], kinds: readonly Fault[], each: number): Proof {
  const counted = (kind: string) => inflicted.filter((fault) => fault.kind === kind && (fault.inFlight ?? 0) > 0).length;
  const few = kinds.filter(({ kind }) => counted(kind) < each).map(({ kind }) => `${kind} counted ${counted(kind)} times of ${each}`);
  const broken = inflicted.flatMap(({ kind, error }) => (error === undefined ? [] : [`${kind}: ${error}`]));
  return { name: 'faults that hit something in flight', checked: inflicted.length, of: 'faults', faults: [...few, ...broken] };
}
