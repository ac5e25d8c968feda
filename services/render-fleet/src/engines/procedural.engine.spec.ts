import { describeEngine } from './engine.conformance';
import { locateFfmpeg } from '../conform/ffmpeg.process';
import { ProceduralEngine } from './procedural.engine';

describeEngine('procedural', () => new ProceduralEngine(locateFfmpeg(), ['procedural']));
