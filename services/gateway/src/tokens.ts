/** The settings, a `GatewayConfig`. */
export const CONFIG = Symbol('configuration of the gateway');
/** A `Logger`. */
export const LOGGER = Symbol('log of the gateway');
/** The store of videos, thumbnails and first frames, which is an interface and so needs a name of its own. */
export const ARTIFACTS = Symbol('artifact store');
