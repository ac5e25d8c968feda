export * from './artifact-store';
export * from './disk-artifact-store';
export * from './picture.engine';
export * from './signed-link';
