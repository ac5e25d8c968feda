// What a call costs next to a bare fetch, and the time from the import to the first byte of an answer. `npm run bench`, after `npm run build`. Both are measured in turns against one server in a process of its own, which answers a constant.
import { execFileSync, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath, pathToFileURL } from 'node:url';

const SDK = pathToFileURL(fileURLToPath(new URL('../dist/esm/index.js', import.meta.url))).href;
const TURNS = 40;
const CALLS_A_TURN = 100;
const STARTS = 15;
const BODY = JSON.stringify({
  object: 'balance',
  balance: '$250.00',
  balance_micros: 250_000_000,
  available: '$250.00',
  held: '$0.00',
  spend_caps: [],
});

if (process.argv[2] === 'serve') await serve();
else await measure();

async function serve() {
  const server = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'application/json', 'x-request-id': 'req' }).end(BODY),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  process.send(server.address().port);
}

async function measure() {
  const server = fork(fileURLToPath(import.meta.url), ['serve']);
  const [port] = await once(server, 'message');
  const baseUrl = `http://127.0.0.1:${port}`;
  try {
    const { USVideo } = await import(SDK);
    const client = new USVideo({ baseUrl, apiKey: 'usv_test_bench' });
    const bare = async () =>
      JSON.parse(
        await (await fetch(`${baseUrl}/v1/balance`, { headers: { authorization: 'Bearer usv_test_bench' } })).text(),
      );
    const calls = await inTurns({ bare, sdk: () => client.balance.retrieve() });
    const starts = firstBytes(baseUrl);
    console.table({ 'a call (µs)': row(calls, 1_000), 'import to first byte (ms)': row(starts, 1) });
    const report = {
      client: 'fetch',
      call_us: row(calls, 1_000),
      first_byte_ms: row(starts, 1),
      runtime: process.version,
    };
    console.log(JSON.stringify(report));
  } finally {
    server.kill();
  }
}

/** One call at a time, in turns, so that what else the machine does touches both. */
async function inTurns(cases) {
  const turns = Object.fromEntries(Object.keys(cases).map((name) => [name, []]));
  for (let turn = -2; turn < TURNS; turn++) {
    for (const [name, call] of Object.entries(cases)) {
      const begun = performance.now();
      for (let index = 0; index < CALLS_A_TURN; index++) await call();
      if (turn >= 0) turns[name].push((performance.now() - begun) / CALLS_A_TURN);
    }
  }
  return turns;
}

function firstBytes(baseUrl) {
  const programs = {
    bare: `await (await fetch('${baseUrl}/v1/balance')).text();`,
    sdk: `const { USVideo } = await import('${SDK}'); await new USVideo({ baseUrl: '${baseUrl}', apiKey: 'k' }).balance.retrieve();`,
  };
  const starts = { bare: [], sdk: [] };
  for (let run = 0; run < STARTS; run++) {
    for (const [name, program] of Object.entries(programs)) {
      const printed = execFileSync(
        process.execPath,
        [
          '--input-type=module',
          '-e',
          `const began = performance.now(); ${program} console.log(performance.now() - began)`,
        ],
        { encoding: 'utf8' },
      );
      starts[name].push(Number(printed));
    }
  }
  return starts;
}

function row({ bare, sdk }, factor) {
  const median = (values) => values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)];
  const round = (value) => Math.round(value * factor * 10) / 10;
  return {
    bare: round(median(bare)),
    sdk: round(median(sdk)),
    overhead: round(median(sdk.map((value, index) => value - bare[index]))),
  };
}
