import { missingForKafka } from '../../../servers/src/index';
import { absent } from '../absent';

/** Where the broker of the Jest run is asked for. */
export const KAFKA_HOST_URL = 'USVIDEO_TEST_KAFKA_HOST_URL';

/** Set where the run's broker needs nothing of this machine but Docker. */
export const KAFKA_IN_CONTAINER = 'USVIDEO_TEST_KAFKA_IN_CONTAINER';

const START_MS = 300_000;

/** The addresses of a real broker: of `KAFKA_BROKERS`, or of the one that this test run starts when it is first asked for. */
export async function kafka(): Promise<string[]> {
  const given = process.env.KAFKA_BROKERS;
  if (given !== undefined) return given.split(',');
  const host = process.env[KAFKA_HOST_URL];
  if (host === undefined) throw new Error('no test run is there to start a broker: set KAFKA_BROKERS');
  const response = await fetch(host, { signal: AbortSignal.timeout(START_MS) });
  const body = await response.text();
  if (!response.ok) throw new Error(body);
  return JSON.parse(body) as string[];
}

/** A group of tests on the broker that `kafka` answers. */
export function describeKafka(name: string, tests: (brokers: () => string[]) => void): void {
  const isHad = process.env.KAFKA_BROKERS !== undefined || process.env[KAFKA_IN_CONTAINER] === 'true';
  const missing = isHad ? undefined : missingForKafka();
  if (missing !== undefined) return absent(name, `this machine lacks ${missing}`, { failsInCi: true });
  describe(name, () => {
    let brokers: string[];
    beforeAll(async () => {
      brokers = await kafka();
    }, START_MS);
    tests(() => brokers);
  });
}

/** A group of tests that start, stop and damage brokers of their own. */
export function describeOwnKafka(name: string, tests: () => void): void {
  const missing = missingForKafka();
  if (missing !== undefined) return absent(name, `this machine lacks ${missing}`, { failsInCi: true });
  describe(name, tests);
}
