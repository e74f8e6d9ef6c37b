/**
 * For servers that the workers call. The runtime keeps a connection for five seconds, and so does a server of Node's: where both end it
 * at the same moment a request is lost, and a worker takes that for a fault of whoever it called.
 */
export const KEPT_OPEN = { keepAliveTimeout: 60_000 };
