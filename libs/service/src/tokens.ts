/** What Nest injects by name because it is no class. `startService` provides all of them everywhere. */

/** The service's own settings, as its `config.ts` types them. */
export const CONFIG = Symbol('config');
/** A `Logger`. */
export const LOGGER = Symbol('logger');
/** The service's `Database`, migrated and open. */
export const DATABASE = Symbol('database');
/** The `Publisher` of the service's events: nudged after a commit that recorded some. */
export const PUBLISHER = Symbol('publisher');
