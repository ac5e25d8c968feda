export * from './run-on-kafka';
export * from './start-service';
export * from './tokens';
