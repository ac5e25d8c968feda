export * from './artifact-store';
export * from './artifact-store-settings';
export * from './disk-artifact-store';
export * from './picture.engine';
export { S3ArtifactStore, type S3Settings } from './s3-artifact-store';
export * from './signed-link';
