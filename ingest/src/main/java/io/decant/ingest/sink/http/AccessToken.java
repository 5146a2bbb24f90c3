package io.decant.ingest.sink.http;

/**
 * A token for the header {@code Authorization: Bearer}.
 *
 * @param value the secret itself
 * @param renewNanos by the monotonic clock, from when on another one is asked for
 * @param expiresNanos by the same clock, from when on it is no longer used
 */
record AccessToken(String value, long renewNanos, long expiresNanos) {

    boolean isExpired(long nowNanos) {
        return nowNanos - expiresNanos >= 0;
    }

    boolean isDue(long nowNanos) {
        return nowNanos - renewNanos >= 0;
    }

    /** Not the secret. */
    @Override
    public String toString() {
        return "access token";
    }
}
