import { describeEngine } from './engine.conformance';
import { locateFfmpeg } from '../conform/ffmpeg.process';
import { SandboxEngine } from './sandbox.engine';

describeEngine('sandbox', () => new SandboxEngine(locateFfmpeg(), 4));
describeEngine('sandbox that draws one at a time', () => new SandboxEngine(locateFfmpeg(), 4, 1));
