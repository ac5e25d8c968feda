import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '@usvideo/testing';
import type { Job } from '../e2e/customer';
import { register, type Stage } from '../e2e/stage';
import type { ComposedPlatform } from './composed-platform';
import { DEPLOY } from './composition';

const STEP_MS = 600_000;
const NOT_CONFIRMED = 2;
const page = readFileSync(join(DEPLOY, '..', 'docs', 'runbooks', 'restore.md'), 'utf8');
const commands = [...page.matchAll(/^ {3}((?:docker compose|curl) .*)$/gm)].map(([, command]) => command!);

/** What docs/runbooks/restore.md has an operator do, as it stands there, with either kind of backup. */
export function restoring(composedOf: () => ComposedPlatform): void {
  describe('after the database of its scheduler was restored from a backup, by docs/runbooks/restore.md,', () => {
    let composed: ComposedPlatform;
    let stage: Stage;
    let kept: Job;
    let lost: Job;

    /** What the one command of the page prints that reads like this. */
    const given = async (like: RegExp, exitCode = 0) => {
      const [command, ...others] = commands.filter((line) => like.test(line));
      expect([command, others]).toEqual([expect.any(String), []]);
      const { code, output } = await composed.operate(command!);
      expect([command, code, output]).toEqual([command, exitCode, output]);
      return output;
    };
    const completed = async (prompt: string) => {
      const id = await eventually(
        async () => {
          const { status, body } = await stage.live.create(
            { prompt, resolution: '480p', duration: 1 },
            { 'idempotency-key': prompt.replaceAll(' ', '-') },
          );
          return status === 202 && body.id;
        },
        { what: `a job for "${prompt}" to be accepted` },
      );
      const job = await stage.live.ended(id);
      expect(job).toMatchObject({ status: 'completed', billing: { state: 'charged' } });
      return job;
    };

    afterAll(() => rmSync(join(DEPLOY, 'scheduler.dump'), { force: true }));
    beforeAll(async () => {
      composed = composedOf();
      stage = await register(composed);
      kept = await completed('in the backup');
      await given(/pg_dump/);
      await given(/stop scheduler$/);
      await given(/create database scheduler_backup/);
      await given(/start scheduler$/);
      lost = await completed('made after the backup');
    }, STEP_MS);

    it.each([
      ['a dump', [/dropdb scheduler/, /pg_restore/]],
      ['a copy on the server', [/drop database scheduler/]],
    ])(
      'has it back of %s, for the scheduler alone, and is told what is lost',
      async (_, bringBack) => {
        await given(/stop scheduler$/);
        for (const like of bringBack) await given(like);
        await given(/run --rm databases$/);
        expect(
          await composed.ask(
            'postgres',
            "select has_database_privilege('webhooks', 'scheduler', 'connect'), has_database_privilege('scheduler', 'scheduler', 'connect')",
          ),
        ).toBe('f|t');
        expect(await given(/restore\.js$/, NOT_CONFIRMED)).toMatch(/events are lost\n[^]*Nothing was changed/);
      },
      STEP_MS,
    );

    it(
      'gives its events a new epoch, and goes on where consumers adopt it',
      async () => {
        expect(await given(/restore\.js --confirm$/)).toMatch(/The epoch is [-0-9a-f]{36} from here on/);
        await given(/start scheduler$/);
        const standing = await eventually(
          async () => {
            const { data } = JSON.parse(await given(/consumers\/ledger\/restored$/)) as {
              data: { lost: number | null }[];
            };
            return data.length > 0 && data;
          },
          { what: 'the ledger to notice' },
        );
        // Of the shards that it heard, one has lost something. Of none is it unknown, which is null.
        expect(standing.flatMap(({ lost: events }) => (events === 0 ? [] : [events !== null && events > 0]))).toEqual([
          true,
        ]);
        await given(/consumers\/ledger\/adopt$/);
        expect(JSON.parse(await given(/consumers\/ledger\/restored$/))).toMatchObject({ data: [] });
        const ofLedger = commands.find((command) => command.endsWith('/consumers/ledger/adopt'))!;
        const adopted = () => composed.operate(ofLedger.replace('/ledger/', '/webhooks/'));
        await eventually(async () => (await adopted()).output.includes('"adopted":[{'), {
          what: 'webhooks, which may not have found the scheduler yet, to adopt it',
        });
        await completed('afterwards');
      },
      STEP_MS,
    );

    it(
      'names what does not agree any more',
      async () => {
        expect([
          (await stage.live.get(`/v1/videos/${kept.id}`)).status,
          (await stage.live.get(`/v1/videos/${lost.id}`)).status,
        ]).toEqual([200, 404]);
        const { differences } = JSON.parse(await given(/admin\/v1\/reconcile/)) as { differences: string[] };
        expect(differences).toEqual([
          expect.stringMatching(new RegExp(`${lost.id}: the ledger charges .* for a job that does not exist`)),
        ]);
        expect(JSON.parse(await given(/admin\/v1\/ledger\/verify$/))).toMatchObject({ ok: true, differences: [] });
      },
      STEP_MS,
    );
  });
}
