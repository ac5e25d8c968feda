export * from './artifact-store';
export * from './disk-artifact-store';
export * from './signed-link';
