export * from './deterministic';
export * from './event-log.controller';
export * from './local-transport';
export * from './transport';
