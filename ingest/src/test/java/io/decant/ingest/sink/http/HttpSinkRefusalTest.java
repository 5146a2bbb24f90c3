package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.journal.Piece;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.LetterOutbox;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.TestItems;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of records that the receiver will not take. */
class HttpSinkRefusalTest extends HttpSinkHarness {

    /** Most pieces that one answer makes of a part: a mark holds more, so that they can be halved further. */
    private static final int RUNS_MAX = Piece.PER_MARK_MAX - 64;

    @ParameterizedTest
    @ValueSource(ints = {400, 412, 413, 414, 416, 417, 418, 422, 424, 499})
    void shouldPutTheRecordThatIsRefusedAloneAmongTheDeadLetters(int status) {
        HttpSink sink = sink(3);
        sink.begin(batch(List.of("a", "b", "c"), 1, 100).open(), Progress.START, box);
        work(sink);
        FakeTransport.Sent b = transport.underWay().get(1);
        transport.end(b, new Answered(status, "", "no such\ncolumn"));
        transport.answer(200);
        transport.answer(200);
        work(sink);

        assertThat(sink.delivered()).isTrue();
        assertThat(box.letters)
                .containsExactly(new DeadLetter(
                        "api", 7, 0, 1, Reason.REFUSED, status, "no such\ncolumn", new byte[] {'b'}, null));
        assertThat(transport.all()).hasSize(3);
        assertThat(sink.status().records()).as("delivered").isEqualTo(2);
    }

    @Test
    void shouldHalveAPartDownToTheRecordThatIsRefused() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b", "c", "d", "e"), 10, 100).open(), Progress.START, box);
        List<String> bodies = new ArrayList<>();

        deliver(sink, Set.of("d"), bodies);

        assertThat(bodies).containsExactly("a b c d e", "a b", "c d e", "c", "d e", "d", "e");
        assertThat(transport.all())
                .extracting(FakeTransport.Sent::key)
                .extracting(key -> key.substring("\"edge-1-00c0ffee-api-7-".length()))
                .containsExactly("0-0-5\"", "0-0-2\"", "0-2-3\"", "0-2-1\"", "0-3-2\"", "0-3-1\"", "0-4-1\"");
        assertThat(box.records()).containsExactly("d");
    }

    /** Three bad ones far apart: the whole, and two for each halving on the way to each; they share the first two. */
    @Test
    void shouldFindThreeBadRecordsOfTenThousandInSeventySevenRequests() {
        HttpSink sink = sink(1);
        sink.begin(batch(distinct(10_000), 10_000, 1 << 20).open(), Progress.START, box);
        List<String> bodies = new ArrayList<>();

        deliver(sink, Set.of("r17", "r5000", "r9999"), bodies);

        assertThat(box.records()).containsExactly("r17", "r5000", "r9999");
        assertThat(bodies).hasSize(77);
        assertThat(sink.status().records()).isEqualTo(9_997);
    }

    @Test
    void shouldNotSendAHalfBeforeTheSplitIsDurable() {
        HttpSink sink = sink(4);
        sink.begin(batch(List.of("a", "b", "c", "d"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(400);
        work(sink);

        assertThat(sink.awaitsDurableProgress()).isTrue();
        assertThat(sink.progress()).isEqualTo(new Progress(0, 0, List.of(new Piece(2, false), new Piece(4, false)), 1));
        assertThat(transport.underWay()).isEmpty();
        assertThat(sink.work(now)).isFalse();
        assertThat(sink.wakeAtNanos()).isEqualTo(Long.MAX_VALUE);

        sink.progressDurable(sink.progress());
        assertThat(sink.awaitsDurableProgress()).isFalse();
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("a\nb\n", "c\nd\n");
    }

    @Test
    void shouldSayThatASplitFindsNoRoomInTheJournal() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(413);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);

        now += HttpSink.HELD_NANOS_MAX;
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).contains("a split waits for room in the journal");
    }

    @Test
    void shouldComeBackToTheSamePiecesAfterACrash() {
        TestBatch batch = batch(List.of("a", "b", "c", "d", "e", "f"), 4, 100);
        HttpSink sink = sink(1);
        List<Piece> pieces = List.of(new Piece(2, true), new Piece(3, false), new Piece(4, false));
        sink.begin(batch.open(), new Progress(0, 1, pieces), box);
        List<String> bodies = new ArrayList<>();

        deliver(sink, Set.of(), bodies);

        assertThat(bodies).as("the one that is passed is left out").containsExactly("c", "d", "e f");
        assertThat(transport.all().get(0).key()).endsWith("-7-0-2-1\"");
    }

    @Test
    void shouldPassARefusedRecordOnlyWhenItsLetterIsSynced() {
        box.syncsAtOnce = false;
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(422);
        work(sink);
        assertThat(box.records()).containsExactly("a");
        assertThat(sink.progress()).isEqualTo(Progress.START);

        box.sync();
        work(sink);
        assertThat(sink.progress()).isEqualTo(new Progress(0, 1));
    }

    @Test
    void shouldWaitForRoomAmongTheDeadLettersAndSayWhy() {
        box.full = true;
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.answer(422);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        now += LetterOutbox.STUCK_NANOS;
        work(sink);

        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError())
                .contains("no room among the dead letters")
                .contains("decant dlq");
        box.full = false;
        work(sink);
        assertThat(sink.delivered()).isTrue();
        assertThat(box.records()).containsExactly("a");
    }

    @Test
    void shouldTakeAnAnswerItemByItemInContiguousRuns() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b", "c", "d", "e", "f", "g"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), items(200, 201, 422, 400, 503, 429, 200));
        work(sink);

        assertThat(box.letters)
                .extracting(DeadLetter::ordinal, DeadLetter::status, DeadLetter::answer)
                .containsExactly(tuple(2L, 422, "said of 2"), tuple(3L, 400, "said of 3"));
        assertThat(sink.progress())
                .as("the first two and the two letters are passed at once")
                .isEqualTo(new Progress(0, 4, List.of(new Piece(6, false), new Piece(7, true)), 1));
        assertThat(transport.underWay()).isEmpty();

        sink.progressDurable(sink.progress());
        work(sink);
        untilDue(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::text).containsExactly("e\nf\n");
        assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
        transport.answer(200);
        work(sink);
        assertThat(sink.delivered()).isTrue();
        assertThat(sink.status().records()).isEqualTo(5);
    }

    @Test
    void shouldSendThePartAgainWhereItsItemsAreNotItsOwn() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b", "c"), 10, 100).open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), items(200, 400));
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).contains("2 items for 3 records");
        untilDue(sink);
        transport.end(transport.underWay().get(0), new Answered(207, "", "{", Items.broken("ends too soon")));
        work(sink);
        assertThat(sink.status().lastError()).contains("ends too soon");
        untilDue(sink);
        assertThat(transport.all()).extracting(FakeTransport.Sent::key).containsOnly("\"edge-1-00c0ffee-api-7-0-0-3\"");
        assertThat(box.letters).isEmpty();
    }

    @Test
    void shouldSplitAPartIntoNoMorePiecesThanAMarkMayHold() {
        int count = 40_000;
        HttpSink sink = sink(4);
        sink.begin(batch(distinct(count), count, 1 << 20).open(), Progress.START, box);
        work(sink);
        transport.end(
                transport.underWay().get(0),
                items(IntStream.range(0, count).map(i -> i % 2 == 0 ? 503 : 200).toArray()));
        work(sink);

        assertThat(sink.progress().pieces()).hasSizeLessThanOrEqualTo(RUNS_MAX);
        deliver(sink, Set.of(), new ArrayList<>());
        assertThat(box.letters).isEmpty();
    }

    @Test
    void shouldNotSendAgainWhatAPartOfOrdinarySizeWasTakenWithRecordByRecord() {
        int count = 10_000;
        HttpSink sink = sink(1);
        sink.begin(batch(distinct(count), count, 1 << 22).open(), Progress.START, box);
        Set<String> taken = new HashSet<>();
        for (int round = 0; !sink.delivered(); round++) {
            assertThat(round).isLessThan(100);
            sink.work(now);
            sink.progressDurable(sink.progress());
            for (FakeTransport.Sent sent : List.copyOf(transport.underWay())) {
                List<String> records = List.of(sent.text().trim().split("\n"));
                int[] statuses = new int[records.size()];
                for (int i = 0; i < statuses.length; i++) {
                    boolean odd = records.get(i).endsWith("1") || records.get(i).endsWith("3");
                    statuses[i] = odd ? 422 : 200;
                    assertThat(odd || taken.add(records.get(i)))
                            .as("%s for the first time", records.get(i))
                            .isTrue();
                }
                transport.end(sent, items(statuses));
            }
        }
        assertThat(taken).hasSize(8_000);
        assertThat(box.letters).hasSize(2_000);
    }

    @Test
    void shouldLeaveTheReceiverAloneThatAsksForItWithItsItems() {
        HttpSink sink = sink(1);
        sink.begin(batch(List.of("a", "b"), 2, 100).open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), new Answered(207, "30", "{", TestItems.of(200, 429)));
        work(sink);
        sink.progressDurable(sink.progress());
        work(sink);
        now += TimeUnit.SECONDS.toNanos(29);
        work(sink);
        assertThat(transport.underWay()).isEmpty();

        now += TimeUnit.SECONDS.toNanos(1);
        work(sink);
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldTakeAPieceForPassedThatWasPassedBeforeACrashWhateverItHolds() {
        box.syncsAtOnce = false;
        TestBatch batch = batch(List.of("1", "2", "oops", "4", "5", "6"), new SinkShape("api", "http", "json", 2, 100));
        Progress from = new Progress(0, 0, List.of(new Piece(3, true), new Piece(4, false)));
        HttpSink sink = sink(4);
        sink.begin(batch.open(), from, box);
        work(sink);

        assertThat(sink.progress()).isEqualTo(from);
        assertThat(box.letters).isEmpty();
    }

    @Test
    void shouldWaitWithAPartForWhichThereIsNoMemory() {
        AtomicBoolean memory = new AtomicBoolean();
        ByteBufAllocator scarce = new AbstractByteBufAllocator(true) {
            @Override
            protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
                return allocator.heapBuffer(initialCapacity, maxCapacity);
            }

            @Override
            protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
                if (!memory.get()) {
                    throw new OutOfMemoryError("direct memory");
                }
                return allocator.directBuffer(initialCapacity, maxCapacity);
            }

            @Override
            public boolean isDirectBufferPooled() {
                return false;
            }
        };
        HttpSink sink = sink(2, scarce);
        sink.begin(batch(List.of("a", "b", "c"), 1, 100).open(), Progress.START, box);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
        assertThat(sink.status().lastError()).contains("no memory for a body of 2 bytes");
        assertThat(transport.all()).isEmpty();

        memory.set(true);
        deliver(sink, Set.of(), new ArrayList<>());
        assertThat(transport.all()).extracting(FakeTransport.Sent::text).containsExactlyInAnyOrder("a\n", "b\n", "c\n");
    }

    /** However the receiver's refusals fall, and whatever waits, the last record is reached. */
    @Test
    void shouldComeToTheEndWhereEveryRecordIsRefused() {
        HttpSink sink = sink(3);
        List<String> records = distinct(500);
        sink.begin(batch(records, 100, 1 << 20).open(), Progress.START, box);

        deliver(sink, Set.copyOf(records), new ArrayList<>());

        assertThat(box.records()).containsExactlyInAnyOrderElementsOf(records);
        assertThat(sink.status().records()).isZero();
    }

    @Test
    void shouldCountOnlyWhatTheFormatCarries() {
        HttpSink sink = sink(1);
        List<String> records = List.of("oops", "1", "2", "oops2", "3");
        sink.begin(batch(records, new SinkShape("api", "http", "json", 2, 100)).open(), Progress.START, box);
        List<String> bodies = new ArrayList<>();

        deliver(sink, Set.of(), bodies);

        assertThat(transport.all())
                .extracting(FakeTransport.Sent::key)
                .extracting(key -> key.substring("\"edge-1-00c0ffee-api-7-".length()))
                .containsExactly("0-0-1\"", "0-1-1\"", "0-2-1\"");
        assertThat(transport.all()).extracting(FakeTransport.Sent::text).containsExactly("[1]", "[2]", "[3]");
        assertThat(transport.all().get(0).headers()).containsEntry("Content-Type", "application/json");
        assertThat(box.letters)
                .extracting(DeadLetter::reason, DeadLetter::ordinal)
                .containsExactly(tuple(Reason.NOT_JSON, 0L), tuple(Reason.NOT_JSON, 3L));
        assertThat(box.records()).containsExactly("oops", "oops2");
    }

    /** The receiver answers 400 to every request that holds a bad record; splits are journaled at once. */
    private void deliver(HttpSink sink, Set<String> bad, List<String> bodies) {
        Random random = new Random(5);
        for (int round = 0; !sink.delivered(); round++) {
            assertThat(round).isLessThan(100_000);
            sink.work(now);
            sink.progressDurable(sink.progress());
            List<FakeTransport.Sent> underWay = new ArrayList<>(transport.underWay());
            Collections.shuffle(underWay, random);
            for (FakeTransport.Sent sent : underWay) {
                List<String> records = List.of(sent.text().trim().split("\n"));
                bodies.add(String.join(" ", records));
                transport.end(sent, new Answered(Collections.disjoint(records, bad) ? 200 : 400, "", "bad"));
            }
            if (underWay.isEmpty() && sink.wakeAtNanos() != Long.MAX_VALUE) {
                now = Math.max(now, sink.wakeAtNanos());
            }
        }
    }

    private static Answered items(int... statuses) {
        return new Answered(207, "", "{\"errors\":true", TestItems.of(statuses));
    }
}
