package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.body.CountedBatch;
import io.decant.ingest.sink.http.FakeTransport.Sent;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** {@code format: counts}: one line a key, and all that is done with a bucket's records done with lines. */
class HttpSinkCountsTest extends HttpSinkHarness {

    private static final List<String> WORDS = List.of("to", "be", "or", "not", "to", "be", "a\"\u0001");

    private static SinkShape shape(String format, long maxRecords, long maxBytes) {
        return new SinkShape(TestBatch.SINK, "http", format, maxRecords, maxBytes);
    }

    private HttpSink begin(TestBatch batch, Progress from) {
        HttpSink sink = sink(1);
        sink.begin(batch.open(), from, box);
        work(sink);
        return sink;
    }

    private void deliver(HttpSink sink) {
        while (!sink.delivered()) {
            transport.answer(200);
            work(sink);
        }
        sink.abandon();
    }

    private String bodies() {
        StringBuilder all = new StringBuilder();
        transport.all().forEach(sent -> all.append(sent.text()));
        return all.toString();
    }

    @Test
    void shouldSendOneLineForEachKeyInOrderOfArrival() {
        deliver(begin(batch(WORDS, shape("counts", 100, 1000)), Progress.START));

        assertThat(bodies()).isEqualTo("""
                {"key":"to","count":2}
                {"key":"be","count":2}
                {"key":"or","count":1}
                {"key":"not","count":1}
                {"key":"a\\"\\u0001","count":1}
                """);
        assertThat(transport.all()).singleElement().satisfies(sent -> assertThat(sent.headers())
                .containsEntry("Idempotency-Key", "\"edge-1-00c0ffee-api-7-0-0-5\"")
                .containsEntry("Content-Type", "application/x-ndjson")
                .containsEntry("Decant-Bucket", "0")
                .containsEntry("Decant-Buckets", "1")
                .containsEntry("Decant-First", "0")
                .containsEntry("Decant-Records", "5"));
    }

    /** As JSON, not as a text that has JSON in it; a record that lacks one of the values is its own key. */
    @Test
    void shouldSayACompositeKeyAsAnArray() {
        List<String> records = List.of("1,a\"b,x", "1,c,y", "1,a\"b,z", "2", "2", "1,\u00ff,x");
        deliver(begin(kept(new TestBatch(records, shape("counts", 100, 1000), "[csv:1, csv:2]")), Progress.START));

        assertThat(bodies()).isEqualTo("""
                {"key":["1","a\\"b"],"count":2}
                {"key":["1","c"],"count":1}
                {"key":"2","count":2}
                {"key-base64":"WyIxIiwi/yJd","count":1}
                """);
        assertThat(new JsonObject(bodies().lines().findFirst().orElseThrow()).getJsonArray("key"))
                .containsExactly("1", "a\"b");
    }

    /** A sink whose batch is taken away in the middle of its lines keeps none of their memory. */
    @Test
    void shouldFreeTheLinesOfABatchThatIsTakenAway() {
        long before = Memory.allocatedBytes();
        HttpSink sink = sink(1);
        try (TestBatch batch = new TestBatch(WORDS, shape("counts", 1, 1000))) {
            sink.begin(batch.open(), Progress.START, box);
            work(sink);
            transport.answer(200);
            work(sink);
            assertThat(transport.all()).hasSize(2);
            sink.abandon();
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @Test
    void shouldSayInBase64WhatIsNotUtf8() {
        deliver(begin(batch(List.of("\u00ff", "\u00ff"), shape("counts", 100, 1000)), Progress.START));

        assertThat(bodies()).isEqualTo("{\"key-base64\":\"/w==\",\"count\":2}\n");
    }

    @Test
    void shouldCutPartsByLinesAndBytes() {
        deliver(begin(batch(WORDS, shape("counts", 2, 1000)), Progress.START));

        assertThat(transport.all())
                .extracting(sent -> sent.headers().get("Decant-First") + "+"
                        + sent.headers().get("Decant-Records"))
                .containsExactly("0+2", "2+2", "4+1");
        assertThat(transport.all())
                .extracting(Sent::text)
                .startsWith("{\"key\":\"to\",\"count\":2}\n{\"key\":\"be\",\"count\":2}\n");

        int before = transport.all().size();
        deliver(begin(batch(WORDS, shape("counts", 100, 46)), Progress.START));
        assertThat(transport.all().subList(before, transport.all().size()))
                .extracting(sent -> sent.headers().get("Decant-Records"))
                .containsExactly("2", "1", "1", "1");
    }

    /** After a crash: the same parts under the same keys, from any mark on. */
    @Test
    void shouldGoOnAtAMarkWithinTheBatch() {
        List<String> records =
                IntStream.range(0, 200).mapToObj(i -> "k" + i % 37).toList();
        SinkShape shape = shape("counts", 3, 100);
        deliver(begin(batch(records, shape), Progress.START));
        List<Sent> all = List.copyOf(transport.all());
        assertThat(all).hasSize(13);

        for (int passed = 1; passed < all.size(); passed++) {
            int before = transport.all().size();
            HttpSink sink =
                    begin(batch(records, shape), new Progress(0, all.get(passed).first()));
            assertThat(sink.progress())
                    .isEqualTo(new Progress(0, all.get(passed).first()));
            deliver(sink);
            List<Sent> again = transport.all().subList(before, transport.all().size());
            assertThat(again)
                    .extracting(Sent::key)
                    .containsExactlyElementsOf(all.subList(passed, all.size()).stream()
                            .map(Sent::key)
                            .toList());
            assertThat(again)
                    .extracting(Sent::text)
                    .containsExactlyElementsOf(all.subList(passed, all.size()).stream()
                            .map(Sent::text)
                            .toList());
        }
    }

    /** The lane's thread does not stay away for as long as a large batch takes to count. */
    @Test
    void shouldCountASliceAtATime() {
        List<String> records =
                IntStream.range(0, 300_000).mapToObj(i -> "k" + i % 1000).toList();
        HttpSink sink = sink(1);
        sink.begin(batch(records, shape("counts", 2000, 1 << 20)).open(), Progress.START, box);

        int turns = 0;
        while (transport.all().isEmpty()) {
            assertThat(sink.wakeAtNanos()).isLessThanOrEqualTo(now);
            assertThat(sink.progress()).isEqualTo(Progress.START);
            assertThat(sink.work(now)).isTrue();
            turns++;
        }
        assertThat(turns).isGreaterThan(4);
        work(sink);
        deliver(sink);
        assertThat(bodies().lines()).hasSize(1000).allMatch(line -> line.endsWith(",\"count\":300}"));
    }

    @Test
    void shouldLetGoOfABatchThatItCounts() {
        long before = Memory.allocatedBytes();
        HttpSink sink = sink(1);
        try (TestBatch batch = new TestBatch(
                IntStream.range(0, 200_000).mapToObj(i -> "k" + i % 9).toList(), shape("counts", 9, 99))) {
            sink.begin(batch.open(), Progress.START, box);
            assertThat(sink.work(now)).isTrue();
            sink.abandon();
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @Test
    void shouldLeaveTheLineAsADeadLetter() {
        HttpSink sink = begin(batch(List.of("a", "b", "a"), shape("counts", 1, 1000)), Progress.START);
        transport.answer(422);
        work(sink);
        deliver(sink);

        assertThat(box.letters).singleElement().satisfies(letter -> {
            assertThat(letter.record()).asString().isEqualTo("{\"key\":\"a\",\"count\":2}");
            assertThat(letter.bucket()).isZero();
            assertThat(letter.ordinal()).isZero();
            assertThat(letter.frame()).isNull();
        });
    }

    /** As a replay has them: what was counted is not counted again. */
    @Test
    void shouldSendItsOwnLettersAsTheyAre() {
        SinkShape shape = shape("counts", 100, 1000).ofLetters();
        assertThat(CountedBatch.isOf(shape)).isFalse();
        String line = "{\"key\":\"a\",\"count\":2}";
        deliver(begin(kept(new TestBatch(List.of(line, line), shape, 8, true)), Progress.START));

        assertThat(transport.all()).extracting(Sent::text).containsExactly(line + "\n", line + "\n");
        assertThat(transport.all())
                .extracting(sent -> sent.headers().get("Content-Type"))
                .containsOnly("application/x-ndjson");
        assertThat(shape("lines", 1, 1).ofLetters()).isEqualTo(shape("lines", 1, 1));
    }
}
