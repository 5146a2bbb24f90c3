package io.decant.ingest.sink;

import io.decant.ingest.tls.ServerTls;
import io.decant.offload.client.SparkWork;
import java.util.Optional;

/**
 * A sink as {@code /status} shows it.
 *
 * @param lastError the last failure in one line, with the status or the cause; empty while nothing fails
 * @param requests requests answered with success since the start
 * @param retries requests that had to be repeated since the start
 * @param records records delivered since the start
 * @param bytes body bytes delivered since the start
 * @param breakerOpen whether too many records in a row were refused, so that nothing but one of them is sent
 * @param spark what Spark makes of its batches; empty of a sink that needs none
 * @param tls how it is with the files that its section {@code tls} names; empty where it names none
 */
public record SinkStatus(
        SinkState state,
        String lastError,
        long requests,
        long retries,
        long records,
        long bytes,
        boolean breakerOpen,
        Optional<SparkWork> spark,
        Optional<ServerTls.Status> tls) {

    private static final int SHOWN_CHARS_MAX = 400;

    /** Of a sink whose breaker is closed, or that has none. */
    public SinkStatus(SinkState state, String lastError, long requests, long retries, long records, long bytes) {
        this(state, lastError, requests, retries, records, bytes, false, Optional.empty(), Optional.empty());
    }

    /** The same sink, which has Spark at work. */
    public SinkStatus with(SparkWork work) {
        return new SinkStatus(state, lastError, requests, retries, records, bytes, breakerOpen, Optional.of(work), tls);
    }

    /** The same sink with these certificates. */
    public SinkStatus with(Optional<ServerTls.Status> certificates) {
        return new SinkStatus(state, lastError, requests, retries, records, bytes, breakerOpen, spark, certificates);
    }

    /** The same sink while it waits for something that an operator may have to fix. */
    public SinkStatus failing(String error) {
        return in(SinkState.FAILING, OneLine.of(error, SHOWN_CHARS_MAX));
    }

    /** The same sink while its next batch is being split. */
    public SinkStatus splitting() {
        return in(SinkState.SPLITTING, lastError);
    }

    /** The same sink after it failed in a way that only a restart can fix; {@code error} may be any text. */
    public SinkStatus stopped(String error) {
        return in(SinkState.STOPPED, OneLine.of(error, SHOWN_CHARS_MAX));
    }

    private SinkStatus in(SinkState other, String error) {
        return new SinkStatus(other, error, requests, retries, records, bytes, breakerOpen, spark, tls);
    }
}
