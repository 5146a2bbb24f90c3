package io.decant.ingest.admin;

import io.decant.ingest.tls.ServerTls;
import io.decant.offload.client.SparkWork;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A server at one moment, as people and machines are shown it. States are words in lower case. Holds no secret.
 *
 * @param name the server's name in the settings
 * @param version of the build
 * @param state {@code starting}, {@code running}, {@code draining}, {@code stopped} or {@code failed}
 * @param notReady why it takes nothing at the moment, a reason each; empty where it does
 * @param stalled stages that neither moved nor were idle for longer than is healthy
 * @param pressure why sources wait: {@code none}, {@code backlog}, {@code free-space}, {@code no-segment},
 *     {@code dead-letters}
 * @param sources by name, in the order of the settings
 * @param sinks by name, in the order of the settings
 * @param offload splitting large batches on Spark
 * @param deadLetters of all sinks
 * @param batches the last ones, newest first
 * @param transforms by source, what its steps have done; of those that have some
 * @param moment when this was so
 */
public record ServerStatus(
        String name,
        String version,
        String state,
        List<String> notReady,
        List<String> stalled,
        String pressure,
        Journal journal,
        Map<String, Source> sources,
        Map<String, Sink> sinks,
        Offload offload,
        DeadLetters deadLetters,
        List<Batch> batches,
        Map<String, List<Step>> transforms,
        Moment moment) {

    /** At no certain time. */
    public ServerStatus(
            String name,
            String version,
            String state,
            List<String> notReady,
            List<String> stalled,
            String pressure,
            Journal journal,
            Map<String, Source> sources,
            Map<String, Sink> sinks,
            Offload offload,
            DeadLetters deadLetters,
            List<Batch> batches,
            Map<String, List<Step>> transforms) {
        this(
                name,
                version,
                state,
                notReady,
                stalled,
                pressure,
                journal,
                sources,
                sinks,
                offload,
                deadLetters,
                batches,
                transforms,
                new Moment(0, 0));
    }

    /** Of a server without transforms. */
    public ServerStatus(
            String name,
            String version,
            String state,
            List<String> notReady,
            List<String> stalled,
            String pressure,
            Journal journal,
            Map<String, Source> sources,
            Map<String, Sink> sinks,
            Offload offload,
            DeadLetters deadLetters,
            List<Batch> batches) {
        this(
                name,
                version,
                state,
                notReady,
                stalled,
                pressure,
                journal,
                sources,
                sinks,
                offload,
                deadLetters,
                batches,
                Map.of());
    }

    public ServerStatus {
        notReady = List.copyOf(notReady);
        stalled = List.copyOf(stalled);
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
        batches = List.copyOf(batches);
        transforms = Collections.unmodifiableMap(new LinkedHashMap<>(transforms));
    }

    /**
     * @param nowMillis the server's wall clock, milliseconds since the epoch
     * @param startedMillis when the process began
     */
    public record Moment(long nowMillis, long startedMillis) {}

    /**
     * What a step of a source's transforms did since the start.
     *
     * @param step its text
     * @param in records that came to it
     * @param out records that it made
     * @param dropped records of which it left nothing
     * @param failed records that could not be transformed because of it
     */
    public record Step(String step, long in, long out, long dropped, long failed) {}

    /**
     * The journal: its id and its positions, in bytes since its creation.
     *
     * @param appended written, perhaps only to memory
     * @param synced on stable storage
     * @param cut end of the last batch that lives
     * @param delivered every sink has all before
     * @param backlogBytes that some sink still has to get
     * @param queuedBytes payload that sources handed in and that is not appended yet
     * @param freeBytes free space of its disk
     * @param uncutRecords appended and of no batch yet
     * @param batchesCut since the start of the server
     * @param recordsCut since the start of the server
     * @param backlogBytesMax at which sources wait
     */
    public record Journal(
            String id,
            long appended,
            long synced,
            long cut,
            long delivered,
            long backlogBytes,
            long queuedBytes,
            long freeBytes,
            long uncutRecords,
            long batchesCut,
            long recordsCut,
            long backlogBytesMax) {

        /** Without a bound. */
        public Journal(
                String id,
                long appended,
                long synced,
                long cut,
                long delivered,
                long backlogBytes,
                long queuedBytes,
                long freeBytes,
                long uncutRecords,
                long batchesCut,
                long recordsCut) {
            this(
                    id,
                    appended,
                    synced,
                    cut,
                    delivered,
                    backlogBytes,
                    queuedBytes,
                    freeBytes,
                    uncutRecords,
                    batchesCut,
                    recordsCut,
                    Long.MAX_VALUE);
        }
    }

    /**
     * @param type as in the settings
     * @param address where it listens, with the real port; empty where it does not
     * @param connections open ones
     * @param records acknowledged since the start
     * @param bytes acknowledged since the start
     * @param refusals connections refused or ended with an error since the start
     * @param unreadResets connections reset by senders that had not read their answers, since the start
     * @param unfinishedBytes of lines whose end has not come
     * @param paused whether it waits for room in the journal
     * @param reading how it is with a cluster or server that it reads from; empty of one that listens
     * @param idempotency the keys of requests that it remembers; empty of one that has none
     * @param tls its certificate and handshakes; empty where connections are not encrypted
     * @param users who may send; empty where everybody may
     */
    public record Source(
            String type,
            String address,
            int connections,
            long records,
            long bytes,
            long refusals,
            long unreadResets,
            long unfinishedBytes,
            boolean paused,
            Optional<Reading> reading,
            Optional<Idempotency> idempotency,
            Optional<Tls> tls,
            Optional<UsersStatus> users) {

        /** Of one that remembers no keys. */
        public Source(
                String type,
                String address,
                int connections,
                long records,
                long bytes,
                long refusals,
                long unreadResets,
                long unfinishedBytes,
                boolean paused,
                Optional<Reading> reading) {
            this(
                    type,
                    address,
                    connections,
                    records,
                    bytes,
                    refusals,
                    unreadResets,
                    unfinishedBytes,
                    paused,
                    reading,
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
        }
    }

    /**
     * TLS of a port.
     *
     * @param expires when its certificate does, ISO 8601
     * @param days to that time, rounded down; negative once it is past
     * @param lastError why the files as they are now cannot be used; empty where they are in use
     * @param handshakesFailed since the start
     * @param lastHandshakeError the last of these; empty where none has failed
     */
    public record Tls(String expires, long days, String lastError, long handshakesFailed, String lastHandshakeError) {

        public static Tls of(ServerTls.Status tls) {
            return new Tls(
                    tls.expires().toString(),
                    tls.days(),
                    tls.lastError(),
                    tls.handshakesFailed(),
                    tls.lastHandshakeError());
        }
    }

    /**
     * The idempotency keys that a source remembers.
     *
     * @param keys remembered now
     * @param keysMax most that it may remember, by number
     * @param forgotten since the start, before {@code idempotency-retain} was over
     * @param coveredSeconds a key that was used within so much time is remembered
     */
    public record Idempotency(int keys, int keysMax, long forgotten, long coveredSeconds) {}

    /**
     * How it is with a cluster or server that a source reads from.
     *
     * @param state {@code connecting}, {@code reading}, {@code away}, {@code failing}, {@code done}, {@code draining}
     *     or {@code stopped}
     * @param lastError in one line; empty if there is none
     * @param partitions by {@code <topic>-<partition>}; null of a server, which has none
     * @param tables by name; null of what has none
     */
    public record Reading(
            String state, String lastError, Map<String, Partition> partitions, Map<String, Table> tables) {

        public Reading {
            partitions = partitions == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(partitions));
            tables = tables == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        }

        /** Of what has no tables. */
        public Reading(String state, String lastError, Map<String, Partition> partitions) {
            this(state, lastError, partitions, null);
        }
    }

    /**
     * A table that a source imports.
     *
     * @param state {@code planning}, {@code reading}, {@code waiting}, {@code done} or {@code stopped}
     * @param rows that are in the journal, over all starts
     * @param rowsAbout how many the import was planned to have, about
     * @param ranges that the import is cut into
     * @param rangesDone those that are read
     * @param error why it is not read further, or what is retried; empty if nothing failed
     * @param note what is waited for, or may be missed; empty where nothing is
     */
    public record Table(
            String state, long rows, long rowsAbout, int ranges, int rangesDone, String error, String note) {}

    /**
     * A partition that a source reads.
     *
     * @param state {@code seeking}, {@code reading}, {@code missing}, {@code away}, {@code refused},
     *     {@code unassigned}, {@code released} or {@code stopped}
     * @param position the offset after the last durable record
     * @param committed the offset that the broker has
     * @param lag records that are there and not durable here
     * @param lost records that the broker had deleted before they were read, since the start
     * @param skipped offsets that were left out because their records could not be read, since the start
     * @param error why nothing is read of it, or what holds it up; empty where all is as it should be
     */
    public record Partition(
            String topic,
            int number,
            String state,
            OptionalLong position,
            OptionalLong committed,
            OptionalLong lag,
            long lost,
            long skipped,
            String error) {}

    /**
     * @param type as in the settings
     * @param target where it delivers to, without user, query and headers
     * @param batch number of the last batch that it has whole
     * @param state {@code idle}, {@code delivering}, {@code retrying}, {@code failing} or {@code stopped}
     * @param lastError in one line; empty if the last answer was a success
     * @param lagSeconds age of the oldest undelivered record: since the start of the window of the oldest batch
     *     that it has not delivered completely, else since the oldest uncut record came; 0 where it has everything
     * @param lagRecords records of batches that it has not delivered completely, and uncut ones
     * @param requests answered with success since the start; of a sink of files, batches published
     * @param retries requests that had to be repeated since the start
     * @param records delivered since the start
     * @param bytes bodies delivered since the start
     * @param breakerOpen whether too many records in a row were refused, so that nothing but one of them is sent
     * @param deadLetters records that became dead letters since the start, by reason; every possible reason
     * @param spark what Spark makes of its batches; empty of a sink that needs none
     * @param tls the files of its section {@code tls}; empty where it names none
     */
    public record Sink(
            String type,
            String target,
            long batch,
            String state,
            String lastError,
            double lagSeconds,
            long lagRecords,
            long requests,
            long retries,
            long records,
            long bytes,
            boolean breakerOpen,
            Map<String, Long> deadLetters,
            Optional<SparkWork> spark,
            Optional<Tls> tls) {

        public Sink {
            deadLetters = Collections.unmodifiableMap(new LinkedHashMap<>(deadLetters));
        }

        /** Of one that needs no Spark. */
        public Sink(
                String type,
                String target,
                long batch,
                String state,
                String lastError,
                double lagSeconds,
                long lagRecords,
                long requests,
                long retries,
                long records,
                long bytes,
                boolean breakerOpen,
                Map<String, Long> deadLetters) {
            this(
                    type,
                    target,
                    batch,
                    state,
                    lastError,
                    lagSeconds,
                    lagRecords,
                    requests,
                    retries,
                    records,
                    bytes,
                    breakerOpen,
                    deadLetters,
                    Optional.empty(),
                    Optional.empty());
        }

        /** Records that became dead letters since the start, for any reason. */
        long deadLettersOfAllReasons() {
            return deadLetters.values().stream().mapToLong(Long::longValue).sum();
        }
    }

    /**
     * How far large batches are that are split on Spark.
     *
     * @param state {@code off}, {@code idle}, {@code staging}, {@code running} or {@code retrying}
     * @param driver {@code stopped}, {@code starting} or {@code ready}
     * @param application what Spark calls the driver's application; empty as long as it is not ready
     * @param batch that is being offloaded; 0: none is
     * @param stage of the job that runs, from 1; 0: none runs
     * @param tasks of the stage
     * @param tasksDone of the stage
     * @param records that the stage has processed
     * @param lastError why the batch was not split the last time; empty where it did not fail
     * @param batches split since the start
     * @param failures attempts that came to nothing since the start
     * @param spark what Spark makes of the batches
     */
    public record Offload(
            String state,
            String driver,
            String application,
            long batch,
            int stage,
            int stages,
            int tasks,
            int tasksDone,
            long records,
            String lastError,
            long batches,
            long failures,
            SparkWork spark) {

        /** Every batch is split in memory. */
        public static final Offload OFF = new Offload("off", "stopped", "", 0, 0, 0, 0, 0, 0, "", 0, 0, SparkWork.NONE);

        boolean isOn() {
            return !state.equals(OFF.state);
        }
    }

    /**
     * Dead letters that wait for an operator, of any sink and time.
     *
     * @param bytes of their files, those of replays included
     * @param maxBytes of all their files, at which they and the sources wait
     * @param trouble why they cannot be written, or else why the last replay of them ended before its end; empty where
     *     neither is so
     * @param ofNoSink records that got to no sink, since the start, by reason
     */
    public record DeadLetters(long letters, long bytes, long maxBytes, String trouble, Map<String, Long> ofNoSink) {

        public DeadLetters {
            ofNoSink = Collections.unmodifiableMap(new LinkedHashMap<>(ofNoSink));
        }
    }

    /**
     * @param window {@code <start>/<end>}, ISO 8601, UTC
     * @param bytes of its records, a newline each included
     * @param buckets 0 as long as it is not split
     * @param where it is split: {@code memory} or {@code spark}
     * @param state {@code cut}, {@code offloaded}, {@code delivering} or {@code delivered}
     * @param hottest the record that makes it so many buckets, shortened; empty where it has one bucket
     * @param hottestCount how often that one's key occurs
     * @param hottestByName of several keys the most frequent of each, by its name
     */
    public record Batch(
            long number,
            String window,
            long records,
            long bytes,
            int buckets,
            String where,
            String state,
            String hottest,
            long hottestCount,
            Map<String, HottestOfKey> hottestByName) {

        public Batch {
            hottestByName = Collections.unmodifiableMap(new LinkedHashMap<>(hottestByName));
        }
    }

    /** A record of the most frequent one of several keys, shortened, and how often that one occurs. */
    public record HottestOfKey(String record, long count) {}
}
