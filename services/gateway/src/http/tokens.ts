/** The store of videos, thumbnails and first frames, which is an interface and so needs a name of its own. */
export const ARTIFACTS = Symbol('artifact store');
