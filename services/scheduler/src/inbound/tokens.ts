/** What Nest injects by name because it is no class. */
export const LOGGER = Symbol('logger');
export const DATABASE = Symbol('database');
export const MODELS = Symbol('models');
