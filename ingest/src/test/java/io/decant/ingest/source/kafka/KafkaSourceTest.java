package io.decant.ingest.source.kafka;

import static io.decant.ingest.source.kafka.ScriptedCluster.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.StartOffset;
import io.decant.ingest.LogLines;
import io.decant.ingest.source.PartitionStatus;
import io.decant.ingest.source.ResumableStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The order in which a source does things, against a cluster and a journal that do theirs when they are told to. */
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class KafkaSourceTest {

    @TempDir
    Path folder;

    private final AtomicLong ahead = new AtomicLong();
    private final ScriptedCluster cluster = new ScriptedCluster();
    private final SlowJournal journal = new SlowJournal();
    private KafkaSource source;

    @BeforeEach
    void make() {
        source = newSource(Optional.empty());
    }

    private KafkaSource newSource(Optional<RunningMark> mark) {
        return new KafkaSource(
                "s",
                new KafkaSourceSettings(
                        List.of(new HostPort("nowhere", 1)),
                        List.of(ScriptedCluster.TOPIC),
                        List.of(),
                        "g",
                        PartitionAssignment.OWN,
                        StartOffset.EARLIEST,
                        OnLostOffset.FAIL,
                        OnCorrupt.FAIL,
                        DataSize.ofMebibytes(1),
                        Map.of()),
                InstantSource.system(),
                () -> System.nanoTime() + ahead.get(),
                () -> cluster,
                mark);
    }

    @AfterEach
    void end() {
        source.abort("shutting-down", "the test ends").join();
    }

    private void start(Map<String, ResumableStream> kept) {
        int before = cluster.consumers();
        source.start(journal, kept);
        await(() -> cluster.consumers() == before + 1
                && cluster.consumer().assignment().contains(PARTITION));
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            assertThat(Thread.interrupted()).as("waited for too long").isFalse();
        }
    }

    @Test
    void shouldHoldBackWhatWasFetchedSinceMetadataCameUntilTheTopicIsKnownToBeTheSame() {
        start(Map.of());
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 1);
        cluster.answerNoMore();
        cluster.consumer().metadataCame();
        cluster.fetched(1);
        await(() -> cluster.isAsked() && cluster.consumer().paused().contains(PARTITION));
        assertThat(journal.handedIn()).containsExactly("0+1@1#1");
        cluster.answer();
        await(() -> journal.handedIn().size() == 2);
        assertThat(journal.handedIn()).containsExactly("0+1@1#1", "1+1@2#1");
    }

    @Test
    void shouldJournalNothingThatMayBeOfAnotherTopicAndReadTheNewOneFromItsBeginning() {
        start(Map.of());
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 1);
        cluster.answerNoMore();
        cluster.consumer().metadataCame();
        cluster.fetched(1);
        await(() -> cluster.isAsked() && cluster.consumer().paused().contains(PARTITION));
        cluster.recreate();
        cluster.answer();
        await(() -> cluster.consumers() == 2 && cluster.consumer().assignment().contains(PARTITION));
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 2);
        assertThat(journal.handedIn())
                .as("the record at offset 1 of either topic is not there")
                .containsExactly("0+1@1#1", "0+1@1#2");
    }

    @Test
    void shouldGoOnAtTheJournaledOffsetOnlyInTheTopicThatItIsOf() {
        UUID other = new UUID(9, 9);
        start(Map.of(PARTITION.toString(), new ResumableStream(7, 0, 70, other)));
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 1);
        assertThat(journal.handedIn()).containsExactly("0+1@1#1");
    }

    @Test
    void shouldGoOnAtTheJournaledOffset() {
        start(Map.of(PARTITION.toString(), new ResumableStream(7, 0, 70, cluster.id())));
        await(() -> cluster.consumer().position(PARTITION) == 70);
        cluster.fetched(75);
        await(() -> journal.handedIn().size() == 1);
        assertThat(journal.handedIn()).containsExactly("7+1@76#1");
    }

    /**
     * The journal has synced nothing yet when the consumer fails: the next one begins behind what was handed in all the
     * same.
     */
    @Test
    void shouldNeverHandInTwiceWhatTheJournalIsSlowWith() {
        start(Map.of());
        cluster.fetched(0);
        cluster.fetched(1);
        await(() -> !journal.handedIn().isEmpty() && cluster.consumer().position(PARTITION) == 2);
        cluster.consumer().setPollException(new KafkaException("a bad day"));
        await(() -> cluster.consumers() == 2 && cluster.consumer().assignment().contains(PARTITION));
        await(() -> cluster.consumer().position(PARTITION) == 2);
        cluster.fetched(2);
        await(() -> String.join(" ", journal.handedIn()).endsWith("2+1@3#1"));
        journal.sync();
        await(() -> source.status().records() == 3);
    }

    @Test
    void shouldKeepWhatTheJournalHasNoRoomForAndHandItInInOrder() {
        start(Map.of());
        journal.room(false);
        cluster.fetched(0);
        await(() -> source.status().paused() && cluster.consumer().paused().contains(PARTITION));
        journal.room(true);
        await(() -> journal.handedIn().size() == 1);
        cluster.fetched(1);
        await(() -> journal.handedIn().size() == 2);
        assertThat(journal.handedIn()).containsExactly("0+1@1#1", "1+1@2#1");
        assertThat(source.status().paused()).isFalse();
    }

    @Test
    void shouldCommitWhatIsSyncedAndNothingElseAndEndWhenAllIs() {
        start(Map.of());
        ScriptedCluster.Scripted consumer = cluster.consumer();
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 1);
        journal.sync();
        cluster.fetched(1);
        await(() -> journal.handedIn().size() == 2);
        CompletableFuture<Void> ended = source.drain();
        assertThat(ended).isNotDone();
        assertThat(committed(consumer)).isLessThanOrEqualTo(1);
        journal.sync();
        ended.join();
        assertThat(source.status()
                        .reading()
                        .partitions()
                        .get(PARTITION.toString())
                        .committed())
                .isEqualTo(2);
    }

    @Test
    void shouldTellOfEachCauseForWhichAPollFailsAndOfNoneTwice() {
        start(Map.of());
        try (LogLines lines = new LogLines(KafkaSource.class)) {
            for (String why : List.of("no magic 1", "no magic 2", "no length", "no magic 3", "no end")) {
                cluster.consumer().failsOnce(new IllegalStateException(why));
                await(cluster.consumer()::hasFailed);
                int polls = cluster.consumer().polls();
                await(() -> cluster.consumer().polls() > polls + 2);
            }
            String failed = "WARN source s: a poll failed: java.lang.IllegalStateException: ";
            assertThat(lines.told()).containsExactly(failed + "no magic 1", failed + "no length", failed + "no end");
        }
    }

    @Test
    void shouldStopThePartitionWhoseBatchFitsIntoNoMemoryAndNameIt() {
        start(Map.of());
        for (int refusals = 0; refusals < 3; refusals++) {
            cluster.answersTooMuch(100_000_000);
            await(cluster::isTooMuchNoticed);
        }
        await(() -> status() != null && status().state().equals("stopped"));
        assertThat(status().error()).startsWith("the batch at offset 0 takes 100000000 bytes, as the broker has it");
    }

    private PartitionStatus status() {
        return source.status().reading().partitions().get(PARTITION.toString());
    }

    /** A broker drops what was not committed for days. */
    @Test
    void shouldCommitAgainEveryHourWhereNothingComes() {
        start(Map.of());
        cluster.fetched(0);
        await(() -> journal.handedIn().size() == 1);
        journal.sync();
        await(() -> cluster.consumer().commits() == 1);
        ahead.addAndGet(TimeUnit.MINUTES.toNanos(50));
        int polls = cluster.consumer().polls();
        await(() -> cluster.consumer().polls() > polls + 20);
        assertThat(cluster.consumer().commits()).isEqualTo(1);
        ahead.addAndGet(TimeUnit.MINUTES.toNanos(11));
        await(() -> cluster.consumer().commits() == 2);
        assertThat(committed(cluster.consumer())).isEqualTo(1);
    }

    /** However many partitions there are: what waits for a look has a bound over all. */
    @Test
    void shouldFetchOfNoPartitionWhileTooMuchWaitsForALook() {
        cluster.partitions(2);
        start(Map.of());
        await(() -> cluster.consumer().assignment().contains(ScriptedCluster.SECOND));
        cluster.answerNoMore();
        cluster.consumer().metadataCame();
        cluster.fetched(0);
        await(() -> cluster.isAsked() && cluster.consumer().paused().contains(PARTITION));
        assertThat(cluster.consumer().paused()).as("a little waits").doesNotContain(ScriptedCluster.SECOND);
        cluster.answer();
        await(() ->
                journal.handedIn().size() == 1 && cluster.consumer().paused().isEmpty());
        cluster.answerNoMore();
        cluster.consumer().metadataCame();
        int many = (int) (Runtime.getRuntime().maxMemory() / 16 / ScriptedCluster.LARGE_BYTES) + 1;
        cluster.fetchedLarge(1, many);
        await(() -> cluster.consumer().paused().contains(ScriptedCluster.SECOND));
        assertThat(journal.handedIn()).hasSize(1);
        cluster.answer();
        await(() -> journal.handedIn().size() == 1 + many
                && cluster.consumer().paused().isEmpty());
    }

    /** The server has ended in front of something, and ends now as it should. */
    @Test
    void shouldKeepTheMarkOfAnEndThatNobodyWantedWhereNothingWasRead() {
        assertThat(isMarkLeftAfter(() -> start(Map.of()))).isTrue();
        // Nor is it known what there is.
        cluster.answerNoMore();
        assertThat(isMarkLeftAfter(() -> source.start(journal, Map.of()))).isTrue();
    }

    @Test
    void shouldRemoveTheMarkOfAnEndThatNobodyWantedOnceAllThatWasThereIsDurable() {
        cluster.endsAt(2);
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of());
                    awaitEnd();
                    read(0, 1);
                }))
                .as("one is not read")
                .isTrue();
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of(PARTITION.toString(), new ResumableStream(1, 0, 1, cluster.id())));
                    awaitEnd();
                    cluster.endsAt(3);
                    read(1, 2);
                }))
                .isFalse();
    }

    @Test
    void shouldRemoveTheMarkOfAnEndThatNobodyWantedOnceNoMoreIsLookedInto() {
        cluster.endsAt(1_000_000);
        cluster.believedFrom(2);
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of());
                    read(0, 1);
                }))
                .isTrue();
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of(PARTITION.toString(), new ResumableStream(1, 0, 1, cluster.id())));
                    read(1, 2);
                }))
                .isFalse();
    }

    @Test
    void shouldKeepTheMarkOfAnEndThatNobodyWantedWhereAPartitionOfTheJournalIsNotFound() {
        cluster.endsAt(0);
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of(ScriptedCluster.SECOND.toString(), new ResumableStream(1, 0, 1, cluster.id())));
                    awaitEnd();
                }))
                .isTrue();
        assertThat(isMarkLeftAfter(() -> {
                    start(Map.of("another-7", new ResumableStream(1, 0, 1, cluster.id())));
                    awaitEnd();
                }))
                .as("it is not read any more")
                .isFalse();
    }

    private boolean isMarkLeftAfter(Runnable run) {
        new RunningMark("s", folder).begin();
        source.abort("shutting-down", "another begins").join();
        source = newSource(Optional.of(new RunningMark("s", folder)));
        run.run();
        source.drain().join();
        RunningMark next = new RunningMark("s", folder);
        next.begin();
        return next.wasLeft();
    }

    /** Waits until it knows where the partition ends: when it asks again, it has taken the answer before. */
    private void awaitEnd() {
        for (int times = 0; times < 2; times++) {
            int before = cluster.endsAsked();
            ahead.addAndGet(TimeUnit.SECONDS.toNanos(6));
            await(() -> cluster.endsAsked() > before);
        }
    }

    private void read(long offset, int handedIn) {
        cluster.fetched(offset);
        await(() -> journal.handedIn().size() == handedIn);
        journal.sync();
    }

    private static long committed(ScriptedCluster.Scripted consumer) {
        OffsetAndMetadata committed = consumer.committed(Set.of(PARTITION)).get(PARTITION);
        return committed == null ? 0 : committed.offset();
    }
}
