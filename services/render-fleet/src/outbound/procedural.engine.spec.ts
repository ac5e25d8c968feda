import { describeEngine } from './engine.conformance';
import { locateFfmpeg } from './ffmpeg';
import { ProceduralEngine } from './procedural.engine';

describeEngine('procedural', () => new ProceduralEngine(locateFfmpeg(), ['procedural']));
