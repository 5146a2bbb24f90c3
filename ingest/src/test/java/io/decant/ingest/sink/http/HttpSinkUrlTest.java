package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.config.HttpSinkSettings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.TestBatch;
import io.decant.ingest.sink.http.FakeTransport.Sent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Where a part goes by the placeholders of the URL, and what statuses mean by the settings. */
class HttpSinkUrlTest extends HttpSinkHarness {

    private HttpSink sink(String... sets) {
        return sink(settings(sets));
    }

    private static HttpSinkSettings settings(String... sets) {
        List<String> all = new ArrayList<>(List.of(
                "sources.in={type: tcp, address: '127.0.0.1:1'}",
                "sinks.api={type: http, url: 'http://h/', concurrency: 1}"));
        all.addAll(List.of(sets));
        return (HttpSinkSettings) SettingsLoader.parse("", "test", Path.of("/"), all, Map.of())
                .sinks()
                .get("api");
    }

    private List<String> urisOf(HttpSink sink, TestBatch batch) {
        sink.begin(batch.open(), Progress.START, box);
        work(sink);
        while (!transport.underWay().isEmpty()) {
            transport.answer(200);
            work(sink);
        }
        assertThat(sink.delivered()).isTrue();
        return transport.all().stream().map(Sent::uri).toList();
    }

    @Test
    void shouldLeaveAUrlWithoutPlaceholdersToTheTransport() {
        assertThat(urisOf(sink("sinks.api.url=http://h/a%7Bb%7D?c"), batch(List.of("a", "a"), 10, 100)))
                .containsExactly("", "");
    }

    @Test
    void shouldPutTheNumbersOfBatchAndBucketIntoPathAndQuery() {
        assertThat(urisOf(
                        sink("sinks.api.url=http://h/batch/{batch}/{bucket}.txt?b={batch}-{bucket}"),
                        batch(List.of("a", "b", "a"), 10, 100)))
                .containsExactly("/batch/7/0.txt?b=7-0", "/batch/7/1.txt?b=7-1");
    }

    @Test
    void shouldPutTheKeyOfTheOneRecordIntoTheUrlPercentEncoded() {
        List<String> records =
                List.of("Az09-._~,1", "a/b?c#d&e=f%,2", " \u00e9\u00ff,3", "{batch}%7Bbatch%7D,4", "Az09-._~,5");
        long before = Memory.allocatedBytes();
        HttpSink sink = sink("sinks.api.url=http://h/items/{key}", "sinks.api.max-records=1", "sinks.api.method=PUT");

        try (TestBatch batch =
                new TestBatch(records, new SinkShape(TestBatch.SINK, "http", "lines", 1, 100), "csv:1")) {
            assertThat(urisOf(sink, batch))
                    .containsExactly(
                            "/items/Az09-._~",
                            "/items/a%2Fb%3Fc%23d%26e%3Df%25",
                            "/items/%20%E9%FF",
                            "/items/%7Bbatch%7D%257Bbatch%257D",
                            "/items/Az09-._~");
        }
        sink.close();
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    /** They would be another path, or none. */
    @Test
    void shouldMakeDeadLettersOfRecordsWhoseKeysCannotStandInAUrl() {
        String longKey = "\u00ff".repeat(UrlTemplate.KEY_CHARS_MAX / 3 + 1);
        HttpSink sink = sink("sinks.api.url=http://h/items/{key}", "sinks.api.max-records=1");

        List<String> uris = urisOf(
                sink,
                kept(new TestBatch(
                        List.of(".,1", "..,2", ",3", longKey, "...,4", ".a,5"),
                        new SinkShape(TestBatch.SINK, "http", "lines", 1, 100_000),
                        "csv:1")));

        assertThat(uris).containsExactly("/items/...", "/items/.a");
        assertThat(box.records()).containsExactlyInAnyOrder(".,1", "..,2", ",3", longKey);
        assertThat(box.letters).anyMatch(letter -> letter.answer().contains("is . or .., which is another path"));
    }

    /** A batch keeps what it was cut with: several records have no one key. */
    @Test
    void shouldSendNothingOfABatchThatWasCutIntoLargerParts() {
        HttpSink sink = sink("sinks.api.url=http://h/items/{key}", "sinks.api.max-records=1");

        sink.begin(batch(List.of("a", "b"), 10, 100).open(), Progress.START, box);
        work(sink);

        assertThat(transport.all()).isEmpty();
        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(sink.status().lastError()).contains("the batch was cut before max-records was 1");
        assertThat(box.records()).isEmpty();
        sink.close();
    }

    @Test
    void shouldRetryWhatTheSettingsSayThough404OrEvenARefusalIsSomethingElseByDefault() {
        HttpSink sink = sink("sinks.api.retry-on=[400, 404]");
        sink.begin(batch(List.of("a", "b"), 10, 100).open(), Progress.START, box);
        work(sink);

        transport.answer(400);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
        untilDue(sink);
        transport.answer(404);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
        untilDue(sink);
        transport.answer(200);
        work(sink);

        assertThat(sink.delivered()).isTrue();
        assertThat(transport.all())
                .extracting(Sent::key)
                .hasSize(3)
                .containsOnly(transport.all().get(0).key());
        assertThat(box.records()).isEmpty();
    }

    @Test
    void shouldRefuseWhatTheSettingsSayDownToTheRecord() {
        HttpSink sink = sink("sinks.api.refuse-on=[500]");
        sink.begin(batch(List.of("a", "b"), 10, 100).open(), Progress.START, box);
        work(sink);

        transport.answer(500);
        work(sink);
        // The halves go out once they are journaled.
        sink.progressDurable(sink.progress());
        work(sink);
        transport.answer(500);
        work(sink);
        transport.answer(200);
        work(sink);

        assertThat(sink.delivered()).isTrue();
        assertThat(box.records()).containsExactly("a");
    }

    /** It is about the key, not about the records. */
    @Test
    void shouldNotRefuseForAnAnswerAboutTheIdempotencyKey() {
        HttpSink sink = sink("sinks.api.refuse-on=[422]");
        sink.begin(batch(List.of("a"), 10, 100).open(), Progress.START, box);
        work(sink);

        transport.end(transport.underWay().get(0), new Outcome.Answered(422, "", "Idempotency-Key reused"));
        work(sink);

        assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
        assertThat(box.records()).isEmpty();
        sink.close();
    }
}
