import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { path as ffmpeg } from '@ffmpeg-installer/ffmpeg';
import { send } from './api.ts';
import { endsOf } from './job-history.ts';
import { keyOf } from './load.ts';
import type { Evidence, Proof } from './proofs.ts';

const AT_ONCE = 8;
const DECODED_MAX = 10;

/** What a completed job's link serves is the file of the lease that won; that of any other lease cannot be reached. */
export async function artifactProof(evidence: Evidence): Promise<Proof> {
  const faults: string[] = [];
  const completed = [...evidence.histories.values()].flatMap((history) =>
    endsOf(history).flatMap((end) => (end.$case === 'jobCompleted' ? [{ history, ...end.value }] : [])),
  );
  const waiting = [...completed];
  let served = 0;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        faults.push(...(await judge(evidence, next.history.jobId, next, served++ < DECODED_MAX)));
    }),
  );
  return {
    name: `every completed job serves the artifact of the lease that won (${Math.min(served, DECODED_MAX)} decoded)`,
    checked: completed.length,
    of: 'videos',
    faults,
  };
}

interface Completed {
  readonly leaseId: string;
  readonly artifact?: { readonly videoKey: string; readonly sha256: string } | undefined;
}

async function judge(
  { disturbed, load, histories }: Evidence,
  jobId: string,
  { leaseId, artifact }: Completed,
  decode: boolean,
): Promise<string[]> {
  const wish = load.accepted.find(({ jobIds }) => jobIds.has(jobId));
  if (wish === undefined || artifact === undefined) return [`${jobId} has no artifact or no customer`];
  if (!artifact.videoKey.includes(leaseId))
    return [`${jobId} completed under ${leaseId} with the file ${artifact.videoKey}`];
  const job = await send('GET', `${disturbed.gateways[0]!.url}/v1/videos/${jobId}`, keyOf(wish));
  const link = job?.body.video_url;
  if (typeof link !== 'string')
    return [`${jobId} is completed and has no link (${job?.status} ${String(job?.body.status)})`];
  const target = Buffer.from(/\/v\/([^.]+)/.exec(link)![1]!, 'base64url').toString();
  if (target !== `${jobId}:${artifact.videoKey}`)
    return [`the link of ${jobId} leads to ${target}, ${artifact.videoKey} won`];
  const bytes = Buffer.from(await (await fetch(link)).arrayBuffer());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== artifact.sha256) return [`${jobId} serves a file of another content than it was completed with`];
  const others = (histories.get(jobId)?.events ?? []).flatMap((event) =>
    event.$case === 'jobLeased' && event.value.leaseId !== leaseId ? [event.value] : [],
  );
  const reached = await Promise.all(
    others.map(async (other) => {
      const stale = Buffer.from(`${jobId}:videos/${jobId}/${other.attempt}-${other.leaseId}.mp4`).toString('base64url');
      return (await fetch(link.replace(/\/v\/[^.]+/, `/v/${stale}`))).status;
    }),
  );
  return [
    ...reached.filter((status) => status !== 404).map((status) => `a stale file of ${jobId} is answered ${status}`),
    ...(decode ? await decoding(jobId, bytes, disturbed.dataDir) : []),
  ];
}

async function decoding(jobId: string, bytes: Buffer, folder: string): Promise<string[]> {
  const file = join(folder, `${jobId}.mp4`);
  await writeFile(file, bytes);
  try {
    await promisify(execFile)(ffmpeg, ['-v', 'error', '-xerror', '-i', file, '-f', 'null', '-']);
    return [];
  } catch (error) {
    return [`the video of ${jobId} cannot be decoded: ${(error as Error).message}`];
  }
}
