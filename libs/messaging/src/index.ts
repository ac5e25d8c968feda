export * from './deterministic';
export * from './event-log.controller';
export * from './local-transport';
export * from './remote-log';
export * from './replay';
export * from './transport';
