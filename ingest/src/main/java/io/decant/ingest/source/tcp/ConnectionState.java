package io.decant.ingest.source.tcp;

/**
 * Where a connection is in its life. It goes down this list; only streaming, paused and throttled alternate, and what
 * is not needed is skipped.
 */
enum ConnectionState {
    /** Accepted or made, nothing asked of it yet. */
    NEW,
    /** It is not known whose connection a client's is. */
    AUTHENTICATING,
    /** The session line of a client is awaited. */
    GREETING,
    /** The session is known, the connection that held it is being ended. */
    CLAIMING,
    /** Records are read and handed in. */
    STREAMING,
    /** Nothing is read until the journal has room. */
    PAUSED,
    /** Nothing is read until the user's rate allows it. */
    THROTTLED,
    /** Takes no more; something it handed in is not synced, or has not even found room. */
    SETTLING,
    /** Everything is synced; the client is told, as fast as it reads. No state of a connection to a server. */
    TELLING,
    /** The last word is said; what the client still sends is discarded. No state of a connection to a server. */
    LINGERING,
    /** Over, and nothing of it is left. */
    CLOSED
}
