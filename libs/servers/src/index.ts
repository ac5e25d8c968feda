export { startEmbeddedPostgres, type EmbeddedPostgres, type EmbeddedPostgresOptions } from './embedded-postgres';
export * from './kafka-broker';
export { asImageVariables, ONE_NODE } from './kafka-broker-properties';
export { KAFKA_VERSION, missingForKafka } from './kafka-jars';
export { isAlive, sendSignal } from './processes';
