import { JOB_SECONDS, metrics } from '@usvideo/runtime';
import { Counter, Histogram } from 'prom-client';

const registers = [metrics];

export const renderDuration = new Histogram({
  registers,
  name: 'usvideo_render_seconds',
  help: 'Time from lease to finished file.',
  labelNames: ['engine', 'model', 'resolution'],
  buckets: JOB_SECONDS,
});
export const renderAttempts = new Counter({
  registers,
  name: 'usvideo_render_attempts_total',
  help: 'Attempts ended, by outcome.',
  labelNames: ['engine', 'outcome'],
});
export const framesEncoded = new Counter({
  registers,
  name: 'usvideo_frames_encoded_total',
  help: 'Frames that encoders finished.',
  labelNames: ['engine'],
});
export const gpuSeconds = new Counter({
  registers,
  name: 'usvideo_gpu_seconds_total',
  help: 'Time engines were busy with attempts that began to render; productive where the outcome is completed.',
  labelNames: ['engine', 'outcome'],
});
export const gpuSecondsPaid = new Counter({
  registers,
  name: 'usvideo_gpu_seconds_paid_total',
  help: 'Time that slots of connected engines were there, busy or not.',
  labelNames: ['engine'],
});
export const gpuCost = new Counter({
  registers,
  name: 'usvideo_gpu_cost_usd_total',
  help: 'The same time at the price of GPU_HOUR_USD.',
  labelNames: ['engine'],
});
export const moderationJudgements = new Counter({
  registers,
  name: 'usvideo_moderation_judgements_total',
  help: 'Times that content was given to the moderation, before and after rendering, by what came of it.',
  labelNames: ['stage', 'outcome'],
});
for (const stage of ['request', 'video'])
  for (const outcome of ['allowed', 'rejected', 'away']) moderationJudgements.inc({ stage, outcome }, 0);
