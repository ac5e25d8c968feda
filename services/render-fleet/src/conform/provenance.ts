export const C2PA_ALGORITHMS = ['es256', 'es384', 'es512', 'ps256', 'ps384', 'ps512', 'ed25519'] as const;

export type C2paAlgorithm = (typeof C2PA_ALGORITHMS)[number];

/** Engines that draw by rule, without a model that was trained. */
const DRAWING_ENGINES: readonly string[] = ['procedural', 'sandbox'];

const SOURCE_TYPES = 'http://cv.iptc.org/newscodes/digitalsourcetype';

/** The manifest of a video that an engine made: its one action, in the words of C2PA 2.2 and of the IPTC. */
export function manifestOf(engineName: string, version: string): object {
  const source = DRAWING_ENGINES.includes(engineName) ? 'algorithmicMedia' : 'trainedAlgorithmicMedia';
  return {
    claim_generator_info: [{ name: 'US Video API', version }],
    format: 'video/mp4',
    assertions: [
      {
        label: 'c2pa.actions.v2',
        data: {
          actions: [
            {
              action: 'c2pa.created',
              digitalSourceType: `${SOURCE_TYPES}/${source}`,
              softwareAgent: { name: engineName },
              description: 'AI-generated video',
            },
          ],
        },
      },
    ],
  };
}
