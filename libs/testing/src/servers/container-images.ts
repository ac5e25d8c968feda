// Jest loads its global setup without its own module map, so this one import has to be a path.
import { KAFKA_VERSION } from '../../../servers/src/index';

/** Of the tests' containers; deploy/compose.yaml runs the same. */
export const IMAGES = { postgres: 'postgres:18.4-bookworm', kafka: `apache/kafka:${KAFKA_VERSION}` } as const;
