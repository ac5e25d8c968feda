import { parseArgs } from 'node:util';
import { optionsFrom, SETTINGS } from './simulation/options';
import { reportOf } from './simulation/report';
import { Simulation } from './simulation/simulation';

const HELP = `npm run simulate [-- --flag value …]: the scheduler's own rules, driven through days of virtual time.
Ends with tables and one line of JSON; the same flags give the same figures.

${Object.entries(SETTINGS)
  .map(([flag, { help, standard }]) => `  --${flag.padEnd(18)} ${help} (${standard})`)
  .join('\n')}
`;

/** Flags that are wrong are told all at once. */
function main(args: string[]): number {
  const flags = Object.fromEntries(Object.keys(SETTINGS).map((flag) => [flag, { type: 'string' as const }]));
  const { values } = parseArgs({ args, options: { ...flags, help: { type: 'boolean' } } });
  const { help, ...given } = values as { help?: boolean } & Record<string, string | undefined>;
  if (help) {
    console.log(HELP);
    return 0;
  }
  const options = optionsFrom(given);
  if ('faults' in options) {
    for (const fault of options.faults) console.error(fault);
    return 2;
  }
  const began = performance.now();
  const report = reportOf(options, new Simulation(options).run());
  console.table(report.waits);
  console.table({ ...report.fairness, ...report.estimates, ...report.fleet });
  console.log(
    `${report.jobs.completed} videos in ${options.days} days of virtual time, in ${((performance.now() - began) / 1_000).toFixed(1)} s`,
  );
  console.log(JSON.stringify(report));
  return 0;
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
