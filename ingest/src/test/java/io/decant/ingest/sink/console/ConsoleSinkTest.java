package io.decant.ingest.sink.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.ingest.LogLines;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.StandardOutput;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class ConsoleSinkTest {

    private static final List<String> FRUIT = List.of("apple", "pear", "apple", "plum", "apple");
    private static final long SECOND_NANOS = 1_000_000_000;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final Semaphore woken = new Semaphore(0);
    private long nowNanos;
    private ConsoleSink sink;

    private ConsoleSink sink(OutputStream to) {
        ExecutorService thread = Executors.newSingleThreadExecutor(task -> {
            Thread daemon = new Thread(task, "console");
            daemon.setDaemon(true);
            return daemon;
        });
        sink = new ConsoleSink(PrintedBatch.SINK, new StandardOutput(to), thread, woken::release);
        return sink;
    }

    @AfterEach
    void close() {
        if (sink != null) {
            sink.close();
        }
    }

    /** The text of a batch that is delivered. */
    private String deliver(PrintedBatch batch) throws InterruptedException {
        printed.reset();
        sink.begin(batch.open(), Progress.START, null);
        while (!sink.delivered()) {
            woken.acquire();
            sink.work(nowNanos);
        }
        sink.abandon();
        return printed.toString(UTF_8);
    }

    private static String value(String envelope) {
        return new JsonObject(envelope).getString("value");
    }

    private String print(String format, long limit, List<String> records) throws InterruptedException {
        sink(printed);
        try (PrintedBatch batch = new PrintedBatch(3, format, limit, records)) {
            return deliver(batch);
        }
    }

    @Test
    void shouldPrintTheTableOfTheContract() throws InterruptedException {
        assertThat(print("table", 10, FRUIT)).isEqualTo("""
                batch 3   2026-11-28T10:00:03Z   5 records   3 buckets
                  bucket 0   3   apple, pear, plum
                  bucket 1   1   apple
                  bucket 2   1   apple
                """);
        assertThat(sink.status().records()).isEqualTo(5);
        assertThat(sink.status().bytes()).isEqualTo(printed.size());
        assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
    }

    @Test
    void shouldPrintTheCountsOfTheContract() throws InterruptedException {
        assertThat(print("counts", 10, FRUIT)).isEqualTo("""
                Time: 2026-11-28T10:00:03Z
                (apple,3)
                (pear,1)
                (plum,1)
                """);
        assertThat(print("counts", 10, List.of("b", "a", "c", "c", "a\u001b"))).isEqualTo("""
                Time: 2026-11-28T10:00:03Z
                (c,2)
                (b,1)
                (a,1)
                (a\\x1b,1)
                """);
        assertThat(print("counts", 2, List.of("b", "a", "c", "c"))).isEqualTo("""
                Time: 2026-11-28T10:00:03Z
                (c,2)
                (b,1)
                ...
                """);
        assertThat(print("counts", 3, List.of("b", "a", "c", "c"))).endsWith("(b,1)\n(a,1)\n");
    }

    @Test
    void shouldPrintAllCountsOfALargeBatchManyAtATime() throws InterruptedException {
        List<String> records =
                IntStream.range(0, 200_000).mapToObj(i -> "k" + i % 50_000).toList();
        AtomicInteger writes = new AtomicInteger();
        sink(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                writes.incrementAndGet();
                printed.write(bytes, offset, length);
            }
        });

        try (PrintedBatch batch = new PrintedBatch(3, "counts", Long.MAX_VALUE, records)) {
            assertThat(deliver(batch).lines().skip(1))
                    .containsExactlyElementsOf(IntStream.range(0, 50_000)
                            .mapToObj(i -> "(k" + i + ",4)")
                            .toList());
        }
        assertThat(writes.get()).isLessThanOrEqualTo(1 + printed.size() / ConsoleText.PIECE_CHARS);
    }

    @Test
    void shouldAlignColumnsAndSayWhereABucketGoesOn() throws InterruptedException {
        List<String> records =
                IntStream.range(0, 24).mapToObj(i -> "r" + i / 2 * (i % 2)).toList();

        assertThat(print("table", 2, records).lines())
                .contains("  bucket  0   12   r0, r1, ...", "  bucket  1    1   r0", "  bucket 12    1   r0");
    }

    @Test
    void shouldPrintAllOfABucketWithoutALimit() throws InterruptedException {
        List<String> records =
                IntStream.range(0, 5_000).mapToObj(i -> "record " + i).toList();

        assertThat(print("table", Long.MAX_VALUE, records).lines().toList().get(1))
                .endsWith(String.join(", ", records));
        assertThat(print("lines", Long.MAX_VALUE, records).lines()).containsExactlyElementsOf(records);
        assertThat(print("lines", 2, records)).isEqualTo("record 0\nrecord 1\n");
    }

    @Test
    void shouldPrintLinesBucketAfterBucket() throws InterruptedException {
        assertThat(print("lines", 10, FRUIT)).isEqualTo("apple\npear\nplum\napple\napple\n");
    }

    @Test
    void shouldPrintNothingThatCommandsATerminal() throws InterruptedException {
        List<String> records = List.of("a\u001b[2Jb\r\tc\u202e\u009b\u00e9");

        assertThat(print("lines", 10, records)).isEqualTo("a\\x1b[2Jb\\r\\tc\\u202e\\x9b\u00e9\n");
        assertThat(print("table", 10, records)).contains("   a\\x1b[2Jb\\r\\tc\\u202e\\x9b\u00e9\n");
        String envelope = print("envelope", 10, records);
        assertThat(envelope).doesNotContain("\u001b", "\u202e", "\u009b").endsWith("}\n");
        assertThat(value(envelope)).isEqualTo(records.get(0));
    }

    @Test
    void shouldPrintLongEnvelopesPieceByPiece() throws InterruptedException {
        List<String> records = List.of("\u20ac".repeat(20_000), "\ud83d\ude00".repeat(9_000), "x");

        assertThat(print("envelope", 10, records).lines())
                .extracting(line -> value(line))
                .containsExactlyElementsOf(records);
    }

    @Test
    void shouldCutALongRecord() throws InterruptedException {
        String text = print("lines", 10, List.of("y".repeat(RecordLines.RECORD_BYTES_MAX + 1), "z"));

        assertThat(text).isEqualTo("y".repeat(RecordLines.RECORD_BYTES_MAX) + "...\nz\n");
        assertThat(print("table", 10, List.of("y".repeat(100)))).endsWith("   " + "y".repeat(80) + "...\n");
    }

    @Test
    void shouldPrintRecordsInFrames() throws InterruptedException {
        sink(printed);
        try (PrintedBatch batch = PrintedBatch.framed("table", Arrays.asList("two\nlines", null, ""))) {
            assertThat(deliver(batch)).endsWith("  bucket 0   3   two\\nlines, (tombstone), \n");
        }
    }

    @Test
    void shouldRefuseAFormatOfANewerVersion() {
        sink(printed);
        try (PrintedBatch batch = new PrintedBatch(1, "hologram", 10, FRUIT)) {
            assertThatThrownBy(() -> sink.begin(batch.open(), Progress.START, null))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cannot print format hologram, which this version does not know");
        }
    }

    @Test
    void shouldPassBatchesWhereStandardOutputIsClosedAndSaySoOnce() throws InterruptedException {
        sink(new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        });
        try (LogLines log = new LogLines(ConsoleSink.class);
                PrintedBatch batch = new PrintedBatch(1, "table", 10, FRUIT)) {
            deliver(batch);
            deliver(batch);
            deliver(batch);

            assertThat(log.told())
                    .containsExactly(
                            "WARN sink screen: cannot write to standard output: Broken pipe;" + " batches are skipped");
        }
        assertThat(sink.status().records()).isZero();
        assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
    }

    /** A pipe that is full, until somebody reads. */
    private static final class FullPipe extends OutputStream {
        private final OutputStream behind;
        private final CountDownLatch full = new CountDownLatch(1);
        private final CountDownLatch read = new CountDownLatch(1);

        FullPipe(OutputStream behind) {
            this.behind = behind;
        }

        @Override
        public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            full.countDown();
            try {
                read.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            behind.write(bytes, offset, length);
        }
    }

    @Test
    void shouldFailAndPassBatchesWhileNobodyReads() throws InterruptedException {
        FullPipe pipe = new FullPipe(printed);
        sink(pipe);
        try (PrintedBatch second = new PrintedBatch(2, "lines", 10, List.of("second"));
                PrintedBatch third = new PrintedBatch(3, "lines", 10, List.of("third"))) {
            try (PrintedBatch first = new PrintedBatch(1, "lines", Long.MAX_VALUE, FRUIT)) {
                sink.begin(first.open(), Progress.START, null);
                pipe.full.await();
                sink.work(nowNanos);
                assertThat(sink.delivered()).isFalse();
                assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);

                assertThat(sink.wakeAtNanos()).isEqualTo(nowNanos + ConsoleSink.LOOK_NANOS);
                nowNanos += ConsoleSink.BLOCKED_NANOS;
                sink.work(nowNanos);
                assertThat(sink.delivered()).isTrue();
                sink.abandon();
            }
            // The first batch is out of memory, and nothing reads it any more.
            assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
            assertThat(sink.status().lastError()).contains("standard output is blocked");

            sink.begin(second.open(), Progress.START, null);
            assertThat(sink.delivered()).isTrue();
            sink.abandon();
            assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);

            woken.drainPermits();
            pipe.read.countDown();
            woken.acquire();
            try (LogLines log = new LogLines(ConsoleSink.class)) {
                nowNanos += SECOND_NANOS;
                sink.report(nowNanos);
                assertThat(log.told())
                        .contains("INFO sink screen: standard output is writable again; batches skipped: 2");
            }
            assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
            assertThat(deliver(third)).isEqualTo("third\n");
        }
    }

    /** Some of the text is taken in time, again and again. */
    @Test
    void shouldNotCallASlowReaderBlocked() throws InterruptedException {
        Semaphore begun = new Semaphore(0);
        Semaphore read = new Semaphore(0);
        sink(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                begun.release();
                read.acquireUninterruptibly();
                printed.write(bytes, offset, length);
            }
        });
        String record = "x".repeat(ConsoleText.PIECE_CHARS - 1);
        List<String> records = Collections.nCopies(10, record);
        try (PrintedBatch batch = new PrintedBatch(1, "lines", Long.MAX_VALUE, records)) {
            sink.begin(batch.open(), Progress.START, null);
            for (int write = 0; write < records.size(); write++) {
                begun.acquire();
                sink.work(nowNanos);
                nowNanos += ConsoleSink.BLOCKED_NANOS - 1;
                sink.work(nowNanos);
                assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
                assertThat(sink.delivered()).isFalse();
                read.release();
            }
            while (!sink.delivered()) {
                woken.acquire();
                sink.work(nowNanos);
            }
        }
        assertThat(printed.toString(UTF_8)).isEqualTo((record + "\n").repeat(records.size()));
    }

    /** The batch is on a slow filesystem, or large: standard output has nothing to do with it. */
    @Test
    @Timeout(60)
    void shouldNotCallStandardOutputBlockedWhileNothingIsWritten() throws InterruptedException {
        for (String format : List.of("lines", "counts")) {
            CountDownLatch reading = new CountDownLatch(1);
            CountDownLatch read = new CountDownLatch(1);
            printed.reset();
            sink(printed);
            try (PrintedBatch batch = new PrintedBatch(1, format, Long.MAX_VALUE, FRUIT)) {
                Runnable slow = () -> {
                    reading.countDown();
                    awaitUninterrupted(read);
                };
                sink.begin(batch.openWith(slow), Progress.START, null);
                reading.await();
                for (int look = 0; look < 10; look++) {
                    sink.work(nowNanos);
                    assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
                    assertThat(sink.wakeAtNanos()).isGreaterThan(nowNanos);
                    nowNanos += ConsoleSink.BLOCKED_NANOS;
                }
                read.countDown();
                while (!sink.delivered()) {
                    woken.acquire();
                    sink.work(nowNanos);
                }
                sink.close();
            }
            assertThat(printed.toString(UTF_8)).contains("apple");
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** As the lane does with an offloaded batch whose filesystem fails. */
    @Test
    void shouldGiveBackABatchThatCannotBeRead() throws InterruptedException {
        for (String format : List.of("table", "lines", "counts", "envelope")) {
            sink(printed);
            long before = Memory.allocatedBytes();
            try (PrintedBatch batch = new PrintedBatch(1, format, 10, FRUIT)) {
                for (int attempt = 0; attempt < 2; attempt++) {
                    sink.begin(batch.openWith(ConsoleSinkTest::cannotRead), Progress.START, null);
                    woken.acquire();
                    assertThatThrownBy(() -> sink.work(nowNanos)).hasMessage("the filesystem is down");
                    assertThat(sink.delivered()).isFalse();
                    sink.abandon();
                    assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
                }
                assertThat(deliver(batch)).contains("apple");
            }
            assertThat(sink.status().records()).isEqualTo(FRUIT.size());
            assertThat(Memory.allocatedBytes()).isEqualTo(before);
            sink.close();
        }
    }

    private static void cannotRead() {
        throw new IllegalStateException("the filesystem is down");
    }

    /** Its batch was skipped, so nothing is tried again; but it is a mistake, and must not be lost. */
    @Test
    void shouldSayWhatFailsBesidesWritingWhileItIsBlocked() throws InterruptedException {
        CountDownLatch full = new CountDownLatch(1);
        CountDownLatch broken = new CountDownLatch(1);
        sink(new OutputStream() {
            @Override
            public void write(int b) {
                throw new UnsupportedOperationException();
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                full.countDown();
                awaitUninterrupted(broken);
                throw new IllegalStateException("a mistake");
            }
        });
        try (PrintedBatch batch = new PrintedBatch(1, "lines", 10, FRUIT);
                LogLines log = new LogLines(ConsoleSink.class)) {
            sink.begin(batch.open(), Progress.START, null);
            full.await();
            sink.work(nowNanos);
            nowNanos += ConsoleSink.BLOCKED_NANOS;
            sink.work(nowNanos);
            sink.abandon();
            broken.countDown();
            woken.acquire();
            sink.report(nowNanos);

            assertThat(log.told()).contains("ERROR sink screen: printing a batch that was skipped has failed");
            assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
        }
    }

    /** While the write blocks, which may be for days. */
    @Test
    void shouldFreeTheMemoryOfABatchThatIsTakenAway() throws InterruptedException {
        List<String> records =
                IntStream.range(0, 4_000).mapToObj(i -> "key " + i % 2_000).toList();
        for (String format : List.of("counts", "envelope")) {
            FullPipe pipe = new FullPipe(printed);
            sink(pipe);
            try (PrintedBatch batch = new PrintedBatch(1, format, Long.MAX_VALUE, records)) {
                long before = Memory.allocatedBytes();
                sink.begin(batch.open(), Progress.START, null);
                pipe.full.await();
                assertThat(Memory.allocatedBytes()).isGreaterThan(before);
                sink.work(nowNanos);
                nowNanos += ConsoleSink.BLOCKED_NANOS;
                sink.work(nowNanos);
                assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
                assertThat(Memory.allocatedBytes()).as("skipped: " + format).isEqualTo(before);
            }
            sink.close();
            pipe.read.countDown();

            FullPipe another = new FullPipe(printed);
            sink(another);
            try (PrintedBatch batch = new PrintedBatch(1, format, Long.MAX_VALUE, records)) {
                long before = Memory.allocatedBytes();
                sink.begin(batch.open(), Progress.START, null);
                another.full.await();
                sink.abandon();
                assertThat(Memory.allocatedBytes()).as("abandoned: " + format).isEqualTo(before);
            }
            sink.close();
            another.read.countDown();
        }
    }

    @Test
    void shouldLetGoOfABatchThatIsBeingPrinted() throws InterruptedException {
        FullPipe pipe = new FullPipe(printed);
        sink(pipe);
        try (PrintedBatch second = new PrintedBatch(2, "lines", 10, List.of("second"))) {
            try (PrintedBatch first = new PrintedBatch(1, "lines", Long.MAX_VALUE, List.of("x".repeat(9_000), "y"))) {
                sink.begin(first.open(), Progress.START, null);
                pipe.full.await();
                sink.abandon();
                assertThat(sink.status().state()).isEqualTo(SinkState.IDLE);
            }
            sink.begin(second.open(), Progress.START, null);
            pipe.read.countDown();
            while (!sink.delivered()) {
                woken.acquire();
                sink.work(nowNanos);
            }
            assertThat(printed.toString(UTF_8)).isEqualTo("x".repeat(9_000) + "\nsecond\n");
        }
    }

    /** A text begins a line of its own, also behind one that broke off. */
    @Test
    void shouldPrintTextsOfSeveralSinksOneAfterTheOther() throws Exception {
        StandardOutput output = new StandardOutput(printed);
        output.print(pieces("half a "));
        output.print(pieces());
        output.print(pieces("a line\n", "another\n"));

        assertThat(printed.toString(UTF_8)).isEqualTo("half a \na line\nanother\n");
        assertThat(output.moved()).isEqualTo(2 * 4);
    }

    private static StandardOutput.Text pieces(String... pieces) {
        var left = List.of(pieces).iterator();
        return () -> left.hasNext() ? left.next().getBytes(UTF_8) : null;
    }
}
