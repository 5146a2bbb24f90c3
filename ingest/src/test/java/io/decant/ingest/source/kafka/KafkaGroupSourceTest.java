package io.decant.ingest.source.kafka;

import static io.decant.ingest.source.kafka.ScriptedCluster.PARTITION;
import static io.decant.ingest.source.kafka.ScriptedCluster.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.StartOffset;
import io.decant.ingest.source.PartitionStatus;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member of a group whose consumer fails, against a cluster and a journal that do theirs when they are told to. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class KafkaGroupSourceTest {

    private final AtomicLong ahead = new AtomicLong();
    private final ScriptedCluster cluster = new ScriptedCluster();
    private final SlowJournal journal = new SlowJournal();
    private KafkaSource source;

    @BeforeEach
    void make() {
        source = new KafkaSource(
                "s",
                new KafkaSourceSettings(
                        List.of(new HostPort("nowhere", 1)),
                        List.of(ScriptedCluster.TOPIC),
                        List.of(),
                        "g",
                        PartitionAssignment.GROUP,
                        StartOffset.EARLIEST,
                        OnLostOffset.FAIL,
                        OnCorrupt.FAIL,
                        DataSize.ofMebibytes(1),
                        Map.of()),
                InstantSource.system(),
                () -> System.nanoTime() + ahead.get(),
                () -> cluster);
    }

    @AfterEach
    void end() {
        source.abort("shutting-down", "the test ends").join();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            assertThat(Thread.interrupted()).as("waited for too long").isFalse();
        }
    }

    private PartitionStatus status(TopicPartition partition) {
        return source.status().reading().partitions().get(partition.toString());
    }

    private void awaitState(TopicPartition partition, String state) {
        await(() -> status(partition) != null && status(partition).state().equals(state));
    }

    /** Kafka's client tells as it closes what is revoked; this one does not, as one that fails there. */
    @Test
    void shouldCommitNothingOfAPartitionThatItsNewConsumerIsNotAssignedHoweverLateItIsSynced() {
        cluster.partitions(2);
        source.start(journal, Map.of());
        await(() -> cluster.consumers() == 1);
        cluster.consumer().assign(PARTITION, SECOND);
        awaitState(PARTITION, "reading");
        awaitState(SECOND, "reading");
        cluster.fetched(PARTITION, 0);
        cluster.fetched(SECOND, 0);
        await(() -> journal.handedIn().size() == 2);

        cluster.consumer().setPollException(new KafkaException("a bad day"));
        await(() -> cluster.consumers() == 2);
        awaitState(SECOND, "unassigned");
        assertThat(status(SECOND).error()).startsWith("waits until the group has assigned its partitions");
        assertThat(status(SECOND).lag()).isEqualTo(PartitionStatus.UNKNOWN);

        cluster.consumer().assign(PARTITION);
        awaitState(SECOND, "released");
        awaitState(PARTITION, "reading");
        journal.sync();
        await(() -> source.status().records() == 2);
        ahead.addAndGet(TimeUnit.SECONDS.toNanos(2));
        await(() -> cluster.consumer().sent(PARTITION) == 1);
        assertThat(cluster.consumer().sent(SECOND)).as("another member's").isEqualTo(-1);
        assertThat(status(SECOND).error()).isEmpty();
    }
}
