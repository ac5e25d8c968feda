export * from './append';
export * from './database';
export * from './decider';
export * from './schema';
export * from './shard';
export * from './transaction';
export * from './writer-lane';
