package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import io.decant.ingest.deadletter.LetterHistories;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.TestItems;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an endpoint that refuses everything does to the dead letters. */
class HttpSinkBreakerTest extends HttpSinkHarness {

    @Test
    void shouldHoldBackTheRecordThatMakesTheRowTooLong() {
        HttpSink sink = sink(1, 3);
        sink.begin(batch(distinct(10), 1, 100).open(), Progress.START, box);

        for (int i = 0; i < 3; i++) {
            refuseOne(sink);
        }

        assertThat(box.records()).containsExactly("r0", "r1");
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError())
                .contains("3 records refused in a row")
                .contains("batch 7, bucket 0, first 2, count 1: status 400, \"no\"");
        for (int i = 0; i < 20; i++) {
            untilDue(sink);
            assertThat(transport.underWay())
                    .extracting(FakeTransport.Sent::text)
                    .containsExactly("r2\n");
            refuseOne(sink);
            assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        }
        assertThat(box.records()).containsExactly("r0", "r1");

        untilDue(sink);
        transport.answer(200);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(sink.status().lastError()).isEmpty();
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r3\n");
        refuseOne(sink);
        refuseOne(sink);
        assertThat(box.records()).as("the row begins anew").containsExactly("r0", "r1", "r3", "r4");
        refuseOne(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(box.records()).hasSize(4);
    }

    @Test
    void shouldCountAnewAfterARecordThatIsAccepted() {
        HttpSink sink = sink(1, 3);
        sink.begin(batch(distinct(100), 1, 100).open(), Progress.START, box);
        work(sink);

        for (int i = 0; i < 100; i++) {
            if (i % 3 == 2) {
                transport.answer(200);
                work(sink);
            } else {
                refuseOne(sink);
            }
        }

        assertThat(sink.delivered()).isTrue();
        assertThat(box.letters).hasSize(67);
    }

    @Test
    void shouldSendNothingElseWhileItIsOpen() {
        HttpSink sink = sink(4, 2);
        sink.begin(batch(distinct(20), 1, 100).open(), Progress.START, box);
        work(sink);
        List<FakeTransport.Sent> four = List.copyOf(transport.underWay());

        transport.end(four.get(1), refusal());
        transport.end(four.get(2), refusal());
        work(sink);
        assertThat(box.records()).containsExactly("r1");
        transport.end(four.get(0), new Answered(503, "", ""));
        transport.end(four.get(3), refusal());
        work(sink);

        for (int i = 0; i < 20; i++) {
            untilDue(sink);
            assertThat(transport.underWay())
                    .extracting(FakeTransport.Sent::text)
                    .containsExactly("r2\n");
            transport.answer(i % 2 == 0 ? 400 : 503);
            work(sink);
        }
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).contains("2 records refused in a row");
        assertThat(box.records()).containsExactly("r1");

        untilDue(sink);
        transport.answer(200);
        work(sink);
        assertThat(transport.underWay()).as("all go on").hasSize(4);
    }

    @Test
    void shouldCloseWhenAnythingIsAccepted() {
        HttpSink sink = sink(2, 1);
        sink.begin(batch(distinct(4), 1, 100).open(), Progress.START, box);
        work(sink);

        transport.answer(400);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        transport.answer(200);
        work(sink);

        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).isEqualTo("batch 7, bucket 0, first 0, count 1: status 400");
        assertThat(transport.underWay()).as("the next part goes out").hasSize(1);
    }

    @Test
    void shouldGiveUpWhateverIsRefusedWhereItIsOff() {
        HttpSink sink = sink(1, 0);
        sink.begin(batch(distinct(2_000), 1, 100).open(), Progress.START, box);

        work(sink);
        while (!sink.delivered()) {
            refuseOne(sink);
        }

        assertThat(box.letters).hasSize(2_000);
    }

    @Test
    void shouldCountItemsInTheirOrder() {
        HttpSink sink = sink(1, 4);
        sink.begin(batch(distinct(8), 8, 100).open(), Progress.START, box);
        work(sink);

        items(sink, 422, 422, 201, 422, 422, 422, 422, 422);

        assertThat(box.records()).containsExactly("r0", "r1", "r3", "r4", "r5");
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError())
                .contains("4 records refused in a row")
                .contains("said of");
        sink.progressDurable(sink.progress());
        work(sink);
        untilDue(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r6\n");
        refuseOne(sink);
        untilDue(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r6\n");
        transport.answer(200);
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r7\n");
        transport.answer(200);
        work(sink);
        assertThat(sink.delivered()).isTrue();
        assertThat(box.letters).hasSize(5);
    }

    @Test
    void shouldCloseByAnItemBehindTheOneThatOpenedIt() {
        HttpSink sink = sink(1, 2);
        sink.begin(batch(distinct(5), 8, 100).open(), Progress.START, box);
        work(sink);

        items(sink, 422, 422, 422, 201, 422);

        assertThat(box.records()).containsExactly("r0", "r4");
        sink.progressDurable(sink.progress());
        work(sink);
        untilDue(sink);
        assertThat(transport.underWay()).as("whichever is due first").hasSize(1);
        transport.answer(200);
        work(sink);
        untilDue(sink);
        transport.answer(200);
        work(sink);
        assertThat(sink.delivered()).isTrue();
        assertThat(transport.all()).extracting(FakeTransport.Sent::text).contains("r1\n", "r2\n");
    }

    @Test
    void shouldNotCountWhatTheFormatCannotCarry() {
        HttpSink sink = sink(1, 3);
        List<String> records = List.of("x", "\"a\"", "y", "z", "v", "\"b\"", "w");
        sink.begin(
                batch(records, new SinkShape(TestBatch.SINK, "http", SinkShape.JSON, 1, 100))
                        .open(),
                Progress.START,
                box);
        work(sink);

        refuseOne(sink);
        refuseOne(sink);

        assertThat(sink.delivered()).isTrue();
        assertThat(box.letters).hasSize(7);
    }

    @Test
    void shouldNotCountAReplayOfLetters() {
        HttpSink sink = sink(1, 3);
        SinkShape shape = new SinkShape(TestBatch.SINK, "http", SinkShape.LINES, 1, 100);
        sink.begin(kept(new TestBatch(distinct(10), shape, 7, true)).open(), Progress.START, box);
        work(sink);
        for (int i = 0; i < 10; i++) {
            refuseOne(sink);
        }
        assertThat(sink.delivered()).isTrue();
        assertThat(box.letters).hasSize(10);

        sink.begin(kept(new TestBatch(distinct(10), shape, 8, false)).open(), Progress.START, box);
        work(sink);
        refuseOne(sink);
        refuseOne(sink);
        assertThat(box.letters).hasSize(12);
        refuseOne(sink);
        assertThat(box.letters).hasSize(12);
    }

    @Test
    void shouldCountOnAfterARestart() {
        box.history = LetterHistories.refused("api", TestBatch.NUMBER, 0, 4, 3, 2, 3);
        HttpSink sink = sink(1, 3);
        sink.begin(batch(distinct(10), 1, 100).open(), new Progress(0, 4), box);
        work(sink);

        refuseOne(sink);

        assertThat(box.letters).isEmpty();
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).contains("3 records refused in a row");
    }

    /** Those that are sent again were refused before, whichever of them is answered first. */
    @Test
    void shouldGiveUpNoOtherRecordsAfterARestartInAnotherOrder() {
        box.history = LetterHistories.refused("api", TestBatch.NUMBER, 0, 0, 3, 0, 1);
        HttpSink sink = sink(3, 3);
        sink.begin(batch(distinct(10), 1, 100).open(), Progress.START, box);
        work(sink);

        transport.end(transport.underWay().get(2), refusal());
        work(sink);
        assertThat(box.letters).isEmpty();
        assertThat(sink.status().lastError()).contains("3 records refused in a row");
        transport.end(transport.underWay().get(1), refusal());
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
        assertThat(box.records()).containsExactlyInAnyOrder("r0", "r1");
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
    }

    @Test
    void shouldWaitForTheLettersOfEarlierServersBeforeItCounts() {
        box.history = null;
        HttpSink sink = sink(2, 3);
        sink.begin(batch(distinct(10), 1, 100).open(), new Progress(0, 4), box);
        work(sink);
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
        assertThat(box.letters).isEmpty();
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);

        box.history = LetterHistories.refused("api", TestBatch.NUMBER, 0, 4, 3, 3);
        work(sink);
        assertThat(box.records()).containsExactly("r4");
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
        assertThat(box.records()).containsExactly("r4");
        assertThat(sink.status().lastError()).contains("3 records refused in a row");
    }

    @Test
    void shouldNeedNoLettersOfEarlierServersOnceARecordIsAccepted() {
        box.history = null;
        HttpSink sink = sink(1, 3);
        sink.begin(batch(distinct(10), 1, 100).open(), new Progress(0, 4), box);
        work(sink);
        transport.answer(200);
        work(sink);

        refuseOne(sink);

        assertThat(box.records()).containsExactly("r5");
    }

    @Test
    void shouldStayOpenWhereTheBatchIsBegunAnew() {
        TestBatch batch = batch(distinct(4), 2, 100);
        HttpSink sink = sink(2, 1);
        sink.begin(batch.open(), Progress.START, box);
        work(sink);
        items(sink, 422, 422);
        assertThat(sink.status().lastError()).contains("1 records refused in a row");
        transport.end(transport.underWay().get(0), new Answered(503, "", ""));
        work(sink);

        sink.abandon();
        sink.begin(batch.open(), Progress.START, box);
        work(sink);

        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r0\nr1\n");
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        transport.answer(200);
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("r2\nr3\n");
        assertThat(box.letters).isEmpty();
    }

    @Test
    void shouldNeedNoLettersOfEarlierServersForItemsOfWhichNoneIsRefused() {
        box.history = null;
        HttpSink sink = sink(1, 3);
        sink.begin(batch(distinct(4), 2, 100).open(), Progress.START, box);
        work(sink);
        items(sink, 201, 201);
        assertThat(sink.progress()).isEqualTo(new Progress(0, 2));
        transport.end(transport.underWay().get(0), new Answered(207, "", "", Items.broken("no items")));
        work(sink);
        assertThat(sink.status().lastError()).contains("no items");
    }

    @Test
    void shouldComeBackByItselfWhereTheReceiverIsLeftAloneAsABatchIsBegunAnew() {
        TestBatch batch = batch(distinct(4), 2, 100);
        HttpSink sink = sink(1, 1);
        sink.begin(batch.open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
        sink.progressDurable(sink.progress());
        work(sink);
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
        untilDue(sink);
        transport.end(transport.underWay().get(0), new Answered(503, "1", ""));
        work(sink);
        long asked = now + Duration.ofSeconds(1).toNanos();

        sink.abandon();
        sink.begin(batch.open(), Progress.START, box);
        work(sink);

        assertThat(transport.underWay()).isEmpty();
        assertThat(sink.wakeAtNanos()).isEqualTo(asked);
        now = asked;
        work(sink);
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldShowWhetherItIsOpen() {
        HttpSink sink = sink(1, 1);
        sink.begin(batch(distinct(2), 1, 100).open(), Progress.START, box);
        work(sink);
        assertThat(sink.status().breakerOpen()).isFalse();
        refuseOne(sink);
        assertThat(sink.status().breakerOpen()).isTrue();
        sink.abandon();
        assertThat(sink.status().breakerOpen()).isTrue();
        sink.begin(batch(distinct(2), 1, 100).open(), Progress.START, box);
        untilDue(sink);
        transport.answer(200);
        work(sink);
        assertThat(sink.status().breakerOpen()).isFalse();
    }

    private HttpSink sink(int concurrency, int refusedInARow) {
        return sink(new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1,
                DataSize.ofKibibytes(1),
                concurrency,
                Duration.ofSeconds(1),
                CAP,
                refusedInARow,
                Compression.NONE,
                TlsSettings.NONE,
                AuthSettings.NONE,
                Secret.NONE,
                Map.of()));
    }

    private static Answered refusal() {
        return new Answered(400, "", "no");
    }

    private void refuseOne(HttpSink sink) {
        work(sink);
        transport.end(transport.underWay().get(0), refusal());
        work(sink);
    }

    private void items(HttpSink sink, int... statuses) {
        transport.end(transport.underWay().get(0), new Answered(207, "", "", TestItems.of(statuses)));
        work(sink);
    }
}
