package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.PartBody;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PartBuildersTest {

    private static final int HELPERS = 3;
    private static final long PATIENCE_SECONDS = 60;

    private final ExecutorService pool = Executors.newFixedThreadPool(HELPERS);
    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private final Semaphore wakeUps = new Semaphore(0);

    @AfterEach
    void shouldLeaveNothing() throws InterruptedException {
        pool.shutdown();
        assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    /** Makes parts ready as a test wants it. */
    private abstract static class Preparing implements PartSender {

        final List<String> sent = new ArrayList<>();

        abstract void prepare(Part part) throws InterruptedException;

        @Override
        public void begin(OpenBatch batch, SinkShape shape, PartBody body) {}

        @Override
        public ReadyPart prepare(Part part, ByteBuf content) {
            boolean done = false;
            try {
                prepare(part);
                done = true;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            } finally {
                if (!done) {
                    content.release();
                }
            }
            return new ReadyPart() {
                @Override
                public void send(Consumer<Outcome> completion) {
                    sent.add(content.toString(StandardCharsets.UTF_8));
                    content.release();
                }

                @Override
                public void release() {
                    content.release();
                }
            };
        }

        @Override
        public String redact(String text) {
            return text;
        }

        @Override
        public void close() {}
    }

    private static List<String> records(int count) {
        return IntStream.range(0, count).mapToObj(i -> "record " + i).toList();
    }

    private PartBuilders builders(OpenBatch batch, PartSender sender) {
        return new PartBuilders(
                new BuilderThreads(pool, HELPERS, 0),
                allocator,
                wakeUps::release,
                batch.buckets().isShared(),
                () -> PartBody.of(SinkShape.LINES, batch),
                sender);
    }

    private void addAll(PartBuilders builders, TestBatch batch) {
        OpenBatch open = batch.open();
        SinkShape shape = open.cut().shape().sinks().get(0);
        PartWindow window =
                new PartWindow(open, PartBody.of(SinkShape.LINES, open), shape, Progress.START, Integer.MAX_VALUE);
        while (window.hasNext()) {
            Part part = window.next();
            assertThat(builders.takes(part)).isTrue();
            builders.add(new InFlightRequest(part, part.bodyBytes(), wakeUps::release));
        }
    }

    private void sendAll(PartBuilders builders, int count) throws InterruptedException {
        int sent = 0;
        while (sent < count) {
            builders.share();
            PartBuilders.Build next = builders.next();
            if (next == null) {
                // Another thread is at it, and tells.
                assertThat(wakeUps.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS))
                        .isTrue();
                continue;
            }
            next.ready().send(outcome -> {});
            sent++;
        }
        assertThat(builders.next()).isNull();
    }

    @Test
    void shouldGivePartsBackInTheirOrderWhateverThreadsMadeThem() throws InterruptedException {
        List<String> records = records(2_000);
        Preparing sender = new Preparing() {
            @Override
            void prepare(Part part) {
                // Some are done long before those in front of them.
                for (int i = 0; i < part.first() % 7; i++) {
                    Thread.onSpinWait();
                }
            }
        };
        try (TestBatch batch = new TestBatch(records, 1, 1_000)) {
            PartBuilders builders = builders(batch.open(), sender);
            addAll(builders, batch);
            sendAll(builders, records.size());
        }
        assertThat(sender.sent)
                .isEqualTo(records.stream().map(record -> record + "\n").toList());
    }

    @Test
    void shouldMakeAllByTheLaneWhereNoThreadHelps() throws InterruptedException {
        pool.shutdown();
        List<String> records = records(10);
        Thread lane = Thread.currentThread();
        Preparing sender = new Preparing() {
            @Override
            void prepare(Part part) {
                assertThat(Thread.currentThread()).isSameAs(lane);
            }
        };
        try (TestBatch batch = new TestBatch(records, 1, 1_000)) {
            PartBuilders builders = builders(batch.open(), sender);
            addAll(builders, batch);
            sendAll(builders, records.size());
        }
        assertThat(sender.sent).hasSize(10);
    }

    @Test
    void shouldGiveAFailureBackInItsPlaceAndMakeTheOthers() throws InterruptedException {
        List<String> records = records(20);
        Preparing sender = new Preparing() {
            @Override
            void prepare(Part part) {
                if (part.first() == 3) {
                    throw new IllegalStateException("no part " + part.first());
                }
                if (part.first() == 5) {
                    throw new OutOfMemoryError("no memory for " + part.first());
                }
            }
        };
        List<String> expected = new ArrayList<>(records);
        try (TestBatch batch = new TestBatch(records, 1, 1_000)) {
            PartBuilders builders = builders(batch.open(), sender);
            addAll(builders, batch);
            for (int i = 0; i < records.size(); i++) {
                PartBuilders.Build next = builders.next();
                while (next == null) {
                    assertThat(wakeUps.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS))
                            .isTrue();
                    next = builders.next();
                }
                PartBuilders.Build made = next;
                if (i == 3) {
                    assertThatThrownBy(made::ready).isInstanceOf(IllegalStateException.class);
                } else if (i == 5) {
                    assertThatThrownBy(made::ready).isInstanceOf(OutOfMemoryError.class);
                } else {
                    made.ready().send(outcome -> {});
                }
                builders.share();
            }
        }
        expected.remove(5);
        expected.remove(3);
        assertThat(sender.sent)
                .isEqualTo(expected.stream().map(record -> record + "\n").toList());
    }

    @Test
    void shouldWaitForThreadsAtWorkWhenItEnds() throws InterruptedException {
        CountDownLatch atWork = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        Preparing sender = new Preparing() {
            @Override
            void prepare(Part part) throws InterruptedException {
                atWork.countDown();
                assertThat(mayEnd.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            }
        };
        Thread ending;
        try (TestBatch batch = new TestBatch(records(10), 1, 1_000)) {
            PartBuilders builders = builders(batch.open(), sender);
            addAll(builders, batch);
            builders.share();
            assertThat(atWork.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
            ending = new Thread(builders::end);
            ending.start();
            while (ending.getState() != Thread.State.WAITING) {
                assertThat(ending.isAlive()).isTrue();
                Thread.onSpinWait();
            }
            mayEnd.countDown();
            ending.join();
            assertThat(builders.next()).isNull();
        }
        assertThat(sender.sent).isEmpty();
    }
}
