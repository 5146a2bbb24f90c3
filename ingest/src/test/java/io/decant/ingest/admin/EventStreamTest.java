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
import org.junit.jupiter.api.Test;

/** Readers of events without sockets. */
class EventStreamTest {

    private final History history = new History(InstantSource.system());
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelDuplexHandler());
    private final List<String> ended = new ArrayList<>();
    private long nanos = 17;
    private int moved;
    private final EventReaders readers = new EventReaders(history.events(), Runnable::run, 64, () -> nanos);

    private EventStream open() {
        EventStream stream = new EventStream(channel.pipeline().firstContext(), readers, () -> moved++, ended::add);
        assertThat(readers.add(stream)).isTrue();
        return stream;
    }

    private void submit(long number) {
        history.batches().cut(new BatchInfo(number, 0, 1_000, 1, 1, List.of()));
        history.batches().synced(number);
    }

    private String written() {
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
    void shouldGiveReadersAQuarterOfTheConnectionsAtTheMost() {
        for (int i = 0; i < EventReaders.READERS_MAX; i++) {
            open();
        }
        EventStream further = new EventStream(channel.pipeline().firstContext(), readers, () -> {}, ended::add);
        assertThat(readers.add(further)).isFalse();
        assertThat(readers.refusedSoFar()).isEqualTo(1);
        EventReaders few = new EventReaders(history.events(), Runnable::run, 3, () -> nanos);
        assertThat(few.add(further)).isTrue();
        assertThat(few.add(open(few))).isFalse();
    }

    private EventStream open(EventReaders of) {
        return new EventStream(channel.pipeline().firstContext(), of, () -> {}, ended::add);
    }

    /** The one who tells of an event is a stage, which must not fail because the server ends. */
    @Test
    void shouldNotFailAStageWhereTheEventLoopHasEnded() {
        EventReaders late = new EventReaders(
                history.events(),
                task -> {
                    throw new RejectedExecutionException();
                },
                64,
                () -> nanos);
        assertThat(late.add(open(late))).isTrue();
        submit(1);
        assertThat(late.count()).isEqualTo(1);
    }
}
