package io.decant.ingest.source.kafka;

import java.util.Collection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a source is to end, and what is waited for before. Asked by any thread, waited for by the one that polls. */
final class SourceEnd {

    /** Longer than a sync takes on a healthy disk; less than a group waits for a member. */
    private static final long REVOKE_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final LongSupplier nanoTime;
    private volatile boolean asked;
    private volatile boolean abort;

    SourceEnd(String source, LongSupplier nanoTime) {
        this.source = source;
        this.nanoTime = nanoTime;
    }

    /** It reads no more, and ends when what it handed in is durable. */
    void drain() {
        asked = true;
    }

    /** It ends immediately. */
    void abort() {
        abort = true;
        asked = true;
    }

    boolean isAsked() {
        return asked;
    }

    boolean isAbort() {
        return abort;
    }

    /** Waits until all that was handed in is durable; no longer than until it is to end immediately. */
    void awaitSettled(Feeds feeds) {
        while (!abort && !feeds.areSettled()) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    /** The same for partitions that another member of the group waits for, and only for a while. */
    void awaitRevoked(Collection<PartitionFeed> leaving) {
        long since = nanoTime.getAsLong();
        while (!abort && !leaving.stream().allMatch(PartitionFeed::isSettled)) {
            if (nanoTime.getAsLong() - since > REVOKE_NANOS_MAX) {
                log.warn(
                        "source {}: the journal has not synced all of {} within {} s; the next member of the group"
                                + " reads some records again",
                        source,
                        leaving.stream().map(PartitionFeed::partition).toList(),
                        TimeUnit.NANOSECONDS.toSeconds(REVOKE_NANOS_MAX));
                return;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }
}
