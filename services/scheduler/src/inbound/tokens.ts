/** The `CatalogueModel`s that are offered. */
export const MODELS = Symbol('models');
