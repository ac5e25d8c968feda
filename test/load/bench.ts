/**
 * `npm run bench [-- submit|overhead|webhooks|streams|scheduler|ways|kafka|ledger|sdks] [--seconds N]`: measures side by side with named baselines; prints a table, then JSON.
 * What tracing costs is told by `--turns N` of four slices, without, with, with and without it: the more, the closer the bounds; six at least.
 * With `profile`, and only then, where the time of submit goes; `sdks`, too, only where it is named, since it needs Python and Go. `--dispatcher` narrows webhooks and scheduler by a part of the name, `--only` webhooks.
 * `--queued` is how many jobs the scheduler begins with, one measurement each; a million takes minutes to queue.
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { measureKafka } from './kafka.ts';
import { measureLedger } from './ledger.ts';
import { measureOverhead } from './overhead.ts';
import { measureSubmit, profileSubmit } from './submit.ts';
import { measureWays } from './ways.ts';

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '8' },
    accounts: { type: 'string', default: '1000' },
    turns: { type: 'string', default: '12' },
    jobs: { type: 'string', default: '30' },
    'way-jobs': { type: 'string', default: '1000' },
    history: { type: 'string', default: '1000000' },
    due: { type: 'string', default: '100000' },
    rounds: { type: 'string', default: '3' },
    dispatcher: { type: 'string', default: '' },
    only: { type: 'string', default: '' },
    streams: { type: 'string', default: '5000' },
    queued: { type: 'string', default: '1000,10000,100000' },
    processes: { type: 'string', default: '2' },
    pgledger: { type: 'string' },
    outpost: { type: 'string' },
  },
});
const wanted = (name: string) => positionals.length === 0 || positionals.includes(name);
const round = (record: object) =>
  Object.fromEntries(
    Object.entries(record).map(([key, value]) => [
      key,
      typeof value === 'number' ? Number(value.toFixed(value < 10 ? 3 : 0)) : value,
    ]),
  );

const report: Record<string, unknown> = {
  machine: { cores: cpus().length, model: cpus()[0]?.model, node: process.version },
  at: new Date().toISOString(),
};
if (wanted('submit')) {
  const { rows, tracing, tracingCpu, idleMiB, loadedMiB } = await measureSubmit(Number(values.seconds), {
    accounts: Number(values.accounts),
    turns: Number(values.turns),
  });
  console.table(rows.map(round));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  for (const [of, { pairs, cost, sure }] of [
    ['the rate', tracing],
    ['what a second of the process answers', tracingCpu],
  ] as const) {
    const between =
      sure === undefined ? 'too few for a bound' : `95 % sure between ${percent(sure[0])} and ${percent(sure[1])}`;
    console.log(`tracing costs ${percent(cost)} of ${of} (median of ${pairs} turns, ${between})`);
  }
  report.submit = { connections: 64, accounts: Number(values.accounts), rows, tracing, tracingCpu };
  report.memory = { idleMiB, loadedMiB };
  console.log(
    `memory of the platform process: ${idleMiB.toFixed(0)} MiB idle, ${loadedMiB.toFixed(0)} MiB after the load`,
  );
}
if (positionals.includes('profile')) {
  const profile = await profileSubmit(Number(values.seconds), Number(values.accounts));
  console.table(profile.packages.map(round));
  console.table(profile.functions.map(round));
  report.profile = profile;
}
if (wanted('overhead')) {
  const rows = await measureOverhead(Number(values.jobs));
  console.table(rows.map(round));
  report.overhead = { rows };
}
if (wanted('webhooks')) {
  const { measureWebhooks } = await import('./webhooks.ts');
  const { dispatcher, only, outpost } = values;
  const counts = { seconds: Number(values.seconds), due: Number(values.due), rounds: Number(values.rounds) };
  const rows = await measureWebhooks({ ...counts, dispatcher, only, outpost });
  console.table(rows.map(round));
  report.webhooks = { endpoints: 1_000, ...counts, rows };
}
if (wanted('streams')) {
  const { measureStreams } = await import('./streams.ts');
  const rows = await measureStreams(Number(values.streams));
  console.table(rows.map(round));
  report.streams = { rows };
}
if (wanted('scheduler')) {
  const { measureScheduler } = await import('./scheduler.ts');
  const { dispatcher, seconds } = values;
  const queued = values.queued.split(',').map(Number);
  const rows = await measureScheduler({
    seconds: Number(seconds),
    queued,
    processes: Number(values.processes),
    dispatcher,
  });
  console.table(rows.map(round));
  report.scheduler = { processes: Number(values.processes), rows };
}
if (wanted('ways')) {
  const rows = await measureWays(Number(values['way-jobs']));
  console.table(rows.map(round));
  report.ways = { inFlight: 32, rows };
}
if (positionals.includes('sdks')) {
  const { measureSdks } = await import('./sdks.ts');
  const rows = measureSdks();
  console.table(rows.map(round));
  report.sdks = { rows };
}
if (wanted('kafka')) {
  const rows = await measureKafka();
  if (rows !== undefined) console.table(rows.map(round));
  report.kafka = { rows };
}
if (wanted('ledger')) {
  const ledger = await measureLedger(Number(values.seconds), {
    history: Number(values.history),
    ...(values.pgledger ? { pgledger: values.pgledger } : {}),
  });
  console.table(ledger.rows.map(round));
  console.table(ledger.flat.map(round));
  console.table(ledger.reads.map(round));
  console.log(
    `${ledger.bytesPerJob.toFixed(0)} bytes stored per job, indexes included; ${ledger.seededPerSecond.toFixed(0)} events per second while the history was recorded`,
  );
  const { events, differences, seconds } = ledger.verified;
  console.log(
    `verified ${events} events in ${seconds.toFixed(0)} s: ${differences.length} differences${differences.length === 0 ? '' : `, the first: ${differences[0]}`}`,
  );
  for (const note of ledger.notes) console.log(note);
  report.ledger = { inFlight: 512, ...ledger };
}
console.log(JSON.stringify(report));
