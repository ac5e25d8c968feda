import { describeEngine } from './engine.conformance';
import { locateFfmpeg } from './ffmpeg';
import { SandboxEngine } from './sandbox.engine';

describeEngine('sandbox', () => new SandboxEngine(locateFfmpeg()));
