package io.decant.ingest.source;

import io.decant.ingest.tls.ServerTls;
import java.util.Map;

/**
 * A source as {@code /status} shows it.
 *
 * @param address where it listens, with the port that was really bound, empty before it does; or where it reads from
 * @param connections open connections
 * @param records records acknowledged since the start
 * @param bytes payload bytes acknowledged since the start
 * @param refusals connections that were refused or ended with an error since the start
 * @param unreadResets connections without a session that were reset after answers had been written
 * @param unfinishedBytes bytes of unfinished lines held in memory
 * @param paused whether it waits for room in the journal
 * @param reading how it is with a cluster or server that it reads from; null where it listens
 * @param idempotency the keys of requests that it remembers; null where it has none
 * @param tls its certificate and handshakes, or, of a source that connects, the certificates that it names; null where
 *     there are none
 * @param users who may send; null where everybody may
 */
public record SourceStatus(
        String address,
        int connections,
        long records,
        long bytes,
        long refusals,
        long unreadResets,
        long unfinishedBytes,
        boolean paused,
        Reading reading,
        Idempotency idempotency,
        ServerTls.Status tls,
        Users users) {

    /** Of a source that reads from a cluster or server. */
    public SourceStatus(
            String address,
            int connections,
            long records,
            long bytes,
            long refusals,
            long unreadResets,
            long unfinishedBytes,
            boolean paused,
            Reading reading) {
        this(
                address,
                connections,
                records,
                bytes,
                refusals,
                unreadResets,
                unfinishedBytes,
                paused,
                reading,
                null,
                null,
                null);
    }

    /** Of a source that reads from a cluster or server, with certificates that it names; null: it names none. */
    public SourceStatus(
            String address,
            int connections,
            long records,
            long bytes,
            long refusals,
            long unreadResets,
            long unfinishedBytes,
            boolean paused,
            Reading reading,
            ServerTls.Status tls) {
        this(
                address,
                connections,
                records,
                bytes,
                refusals,
                unreadResets,
                unfinishedBytes,
                paused,
                reading,
                null,
                tls,
                null);
    }

    /** Of a source that listens. */
    public SourceStatus(
            String address,
            int connections,
            long records,
            long bytes,
            long refusals,
            long unreadResets,
            long unfinishedBytes,
            boolean paused) {
        this(address, connections, records, bytes, refusals, unreadResets, unfinishedBytes, paused, null);
    }

    /**
     * The state of a cluster or server that a source reads from.
     *
     * @param state a word: {@code connecting}, {@code reading}, {@code away}, {@code failing}, {@code done},
     *     {@code draining} or {@code stopped}
     * @param lastError in one line; empty if nothing failed
     * @param partitions by {@code <topic>-<partition>}, in the order of topics and numbers; null where there are none
     * @param tables by name, in the order of the settings; null where there are none
     */
    public record Reading(
            String state, String lastError, Map<String, PartitionStatus> partitions, Map<String, TableStatus> tables) {

        /** Of what has no tables. */
        public Reading(String state, String lastError, Map<String, PartitionStatus> partitions) {
            this(state, lastError, partitions, null);
        }
    }

    /**
     * The idempotency keys that a source remembers.
     *
     * @param keys remembered now
     * @param keysMax most that it may remember, by number; they may be fewer, where they are long
     * @param forgotten since the start, before {@code idempotency-retain} was over
     * @param coveredSeconds a key that was used within so much time is remembered
     */
    public record Idempotency(int keys, int keysMax, long forgotten, long coveredSeconds) {}

    /**
     * Who may send.
     *
     * @param unauthorized connections and requests of nobody who may, since the start; they are refusals, too
     * @param lastError why the files of tokens as they are now cannot be used; empty where they are in use
     * @param users by name, in the order of the settings
     */
    public record Users(long unauthorized, String lastError, Map<String, User> users) {}

    /**
     * One of them, since the start.
     *
     * @param connections open connections that are this user's
     * @param records acknowledged
     * @param bytes payload bytes acknowledged
     * @param refusals connections and requests of this user that were refused, or ended with an error
     */
    public record User(int connections, long records, long bytes, long refusals) {}
}
