import { readChoice, settingsOf, showOf } from './show';

it('takes the test engine when nothing is said', () => {
  expect(readChoice([])).toEqual({ engine: 'procedural' });
  expect(showOf({ engine: 'procedural' })).toMatchObject({ width: 1280, frames: 120, priceMicros: 1_250_000 });
});

it.each([
  [
    ['--engine', 'diffusers', '--tiny'],
    { engine: 'diffusers', model: undefined },
    { width: 854, height: 480, frames: 24, priceMicros: 100_000 },
  ],
  [
    ['--engine', 'diffusers', '--model', 'Lightricks/LTX-Video'],
    { engine: 'diffusers', model: 'Lightricks/LTX-Video' },
    { width: 854, height: 480, frames: 120, priceMicros: 500_000 },
  ],
])('reads %p', (args, choice, show) => {
  expect(readChoice(args)).toEqual(choice);
  expect(showOf(readChoice(args))).toMatchObject(show);
});

it.each([
  [['--engine', 'diffusers']],
  [['--tiny']],
  [['--engine', 'sglang', '--tiny']],
  [['--engine', 'diffusers', '--tiny', '--model', 'x']],
  [['--fast']],
])('refuses %p with the usage', (args) => {
  expect(() => readChoice(args)).toThrow('npm run demo');
});

it('tells the platform what the engine can do', () => {
  const model = {
    id: 'tiny-ltx',
    pipeline: 'LTXPipeline',
    modes: ['text_to_video'],
    size_multiple: 32,
    frame_step: 8,
    fps: 24,
    device: 'cpu',
  };
  const { MODELS, ...settings } = settingsOf('http://127.0.0.1:1', model);
  expect(settings).toMatchObject({
    ENGINES: 'openai-videos,sandbox',
    ENGINE_SIDE_MULTIPLE: '32',
    ENGINE_FRAME_STEP: '8',
    ENGINE_MODEL: 'tiny-ltx',
  });
  expect(JSON.parse(MODELS!)).toMatchObject([{ id: 'tiny-ltx', job_class: 'video', modes: ['text_to_video'] }]);
});
