package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.history.BatchInfo;
import io.decant.ingest.history.History;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Readers of events without sockets. */
class EventStreamTest {

    private final History history = new History(InstantSource.system());
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelDuplexHandler());
    private final List<String> ended = new ArrayList<>();
    private final List<Runnable> later = new ArrayList<>();
    private long nanos = 17;
    private int moved;
    private long wait;
    private final EventReaders readers = new EventReaders(history.events(), this::later, 128, () -> nanos);

    private void later(Runnable task, long delay) {
        later.add(task);
        wait = delay;
    }

    private EventStream open() {
        EventStream stream =
                new EventStream(channel.pipeline().firstContext(), readers, false, () -> moved++, ended::add);
        assertThat(readers.add(stream)).isTrue();
        return stream;
    }

    private void submit(long number) {
        history.batches().cut(new BatchInfo(number, 0, 1_000, 1, 1, List.of()));
        history.batches().synced(number);
    }

    private void runLater() {
        while (!later.isEmpty()) {
            later.remove(0).run();
        }
    }

    private String written() {
        runLater();
        StringBuilder text = new StringBuilder();
        for (channel.runPendingTasks(); channel.outboundMessages().size() > 0; channel.runPendingTasks()) {
            ByteBuf bytes = channel.readOutbound();
            text.append(bytes.toString(StandardCharsets.UTF_8));
            bytes.release();
        }
        return text.toString();
    }

    @Test
    void shouldSayNowAndThenThatItIsThere() {
        EventStream stream = open();
        stream.begin("");
        assertThat(written()).isEqualTo("retry: 2000\n\n");
        nanos += TimeUnit.SECONDS.toNanos(15) - 1;
        readers.beat();
        assertThat(written()).isEmpty();
        nanos += 1;
        readers.beat();
        readers.beat();
        assertThat(written()).isEqualTo(": heartbeat\n\n");
        assertThat(moved).isEqualTo(2);

        nanos += TimeUnit.SECONDS.toNanos(10);
        submit(1);
        assertThat(written()).contains("event: batch-submitted\n");
        nanos += TimeUnit.SECONDS.toNanos(10);
        readers.beat();
        assertThat(written()).as("not while there is something to say").isEmpty();
    }

    @Test
    void shouldHaveAReaderAskAgainAfterAWhile() {
        open().begin("");
        written();
        nanos += EventStream.LIFE_NANOS - 1;
        readers.beat();
        assertThat(written()).isEqualTo(": heartbeat\n\n");
        assertThat(ended).isEmpty();
        nanos += 1;
        readers.beat();
        assertThat(ended).singleElement().asString().contains("has to ask again");
    }

    @Test
    void shouldSendNothingOnceItIsOver() {
        EventStream stream = open();
        stream.begin("");
        written();
        stream.over();
        stream.over();
        assertThat(readers.count()).isZero();
        submit(1);
        stream.pump();
        stream.beat();
        assertThat(written()).isEmpty();
    }

    @Test
    void shouldGiveReadersHalfOfTheConnectionsAtTheMost() {
        for (int i = 0; i < EventReaders.READERS_MAX; i++) {
            open();
        }
        EventStream further = new EventStream(channel.pipeline().firstContext(), readers, false, () -> {}, ended::add);
        assertThat(readers.add(further)).isFalse();
        assertThat(readers.refusedSoFar()).isEqualTo(1);
        EventReaders few = new EventReaders(history.events(), this::later, 3, () -> nanos);
        assertThat(few.add(further)).isTrue();
        assertThat(few.add(open(few))).isFalse();
    }

    /** Fifty open pages: a few writes a second for each, and no bytes that are made for one alone. */
    @Test
    void shouldSendAllReadersTheSameBytesAndNotTooOften() {
        List<EmbeddedChannel> pages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            EmbeddedChannel page = new EmbeddedChannel(new ChannelDuplexHandler());
            EventStream stream =
                    new EventStream(page.pipeline().firstContext(), readers, true, () -> moved++, ended::add);
            assertThat(readers.add(stream)).isTrue();
            stream.begin("");
            taken(page);
            pages.add(page);
        }
        for (int i = 1; i <= 40; i++) {
            submit(i);
        }
        assertThat(pages).as("not yet").allSatisfy(page -> assertThat(taken(page))
                .isEmpty());
        assertThat(later).as("once for all of them").hasSize(1);
        assertThat(wait).as("and so for all, five times a second").isEqualTo(TimeUnit.MILLISECONDS.toNanos(200));
        later.remove(0).run();
        byte[] sent = assertSame(pages);
        assertThat(new String(sent, StandardCharsets.UTF_8).split("event: batch-submitted\n", -1))
                .hasSize(41);
        submit(41);
        later.remove(0).run();
        byte[] next = assertSame(pages);
        assertThat(new String(next, StandardCharsets.UTF_8))
                .contains("\"number\":41,")
                .doesNotContain("\"number\":40,");
    }

    /** What each of them was sent, which is one piece, and in memory once. */
    private static byte[] assertSame(List<EmbeddedChannel> pages) {
        List<ByteBuf> all = new ArrayList<>();
        pages.forEach(page -> all.addAll(taken(page)));
        assertThat(all).hasSameSizeAs(pages);
        byte[] array = all.get(0).array();
        assertThat(all).allSatisfy(bytes -> assertThat(bytes.array()).isSameAs(array));
        return array;
    }

    private static List<ByteBuf> taken(EmbeddedChannel page) {
        List<ByteBuf> taken = new ArrayList<>();
        for (page.runPendingTasks(); page.outboundMessages().size() > 0; page.runPendingTasks()) {
            taken.add(page.readOutbound());
        }
        return taken;
    }

    @Test
    void shouldTellPagesOfTheNewestValuesAndMakeThemOnce() {
        AtomicInteger made = new AtomicInteger();
        AtomicInteger statuses = new AtomicInteger();
        List<Runnable> making = new ArrayList<>();
        LiveValues live = new LiveValues(
                readers,
                () -> String.valueOf(made.incrementAndGet()),
                () -> "s" + statuses.incrementAndGet(),
                making::add,
                Runnable::run);
        open().begin("");
        live.second();
        assertThat(making).as("nobody wants it").isEmpty();
        List<EmbeddedChannel> pages = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            EmbeddedChannel page = new EmbeddedChannel(new ChannelDuplexHandler());
            EventStream stream =
                    new EventStream(page.pipeline().firstContext(), readers, true, () -> moved++, ended::add);
            assertThat(readers.add(stream)).isTrue();
            stream.begin("");
            taken(page);
            pages.add(page);
        }
        live.second();
        live.second();
        assertThat(making).as("one at a time").hasSize(1);
        making.remove(0).run();
        assertThat(new String(assertSame(pages), StandardCharsets.UTF_8))
                .isEqualTo("event: seconds\ndata: 1\n\nevent: status\ndata: s1\n\n");
        for (int second = 2; second <= 30; second++) {
            live.second();
            making.remove(0).run();
            assertThat(new String(assertSame(pages), StandardCharsets.UTF_8))
                    .startsWith("event: seconds\ndata: " + second + "\n\n");
        }
        assertThat(made).hasValue(30);
        assertThat(statuses).hasValue(10);
        assertThat(written()).as("to who did not ask for it").isEqualTo("retry: 2000\n\n");
    }

    private EventStream open(EventReaders of) {
        return new EventStream(channel.pipeline().firstContext(), of, false, () -> {}, ended::add);
    }

    /** The one who tells of an event is a stage, which must not fail because the server ends. */
    @Test
    void shouldNotFailAStageWhereTheEventLoopHasEnded() {
        EventReaders late = new EventReaders(
                history.events(),
                (task, delay) -> {
                    throw new RejectedExecutionException();
                },
                64,
                () -> nanos);
        assertThat(late.add(open(late))).isTrue();
        submit(1);
        assertThat(late.count()).isEqualTo(1);
    }
}
