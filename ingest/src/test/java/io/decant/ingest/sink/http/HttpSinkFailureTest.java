package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AuthSettings;
import io.decant.config.Compression;
import io.decant.config.Secret;
import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sink does about answers that are no success. */
class HttpSinkFailureTest extends HttpSinkHarness {

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 202, 204, 207, 299})
    void shouldTakeAnySuccessForDelivered(int status) {
        HttpSink sink = oneOfTwoUnderWay();

        transport.answer(status);
        work(sink);

        assertThat(sink.progress()).isEqualTo(new Progress(0, 1));
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(sink.status().lastError()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "408, RETRYING",
        "409, RETRYING",
        "425, RETRYING",
        "429, RETRYING",
        "500, RETRYING",
        "502, RETRYING",
        "503, RETRYING",
        "504, RETRYING",
        "599, RETRYING",
        "102, RETRYING",
        "600, RETRYING",
        "999, RETRYING",
        "300, FAILING",
        "301, FAILING",
        "302, FAILING",
        "304, FAILING",
        "307, FAILING",
        "308, FAILING",
        "401, FAILING",
        "403, FAILING",
        "404, FAILING",
        "405, FAILING",
        "402, FAILING",
        "406, FAILING",
        "407, FAILING",
        "410, FAILING",
        "411, FAILING",
        "415, FAILING",
        "421, FAILING",
        "426, FAILING",
        "428, FAILING",
        "431, FAILING",
        "451, FAILING",
        "511, FAILING",
        "423, RETRYING"
    })
    void shouldSendTheSameAgainAfterAnAnswerThatMayPass(int status, SinkState state) {
        HttpSink sink = oneOfTwoUnderWay();

        for (int failure = 1; failure <= 40; failure++) {
            transport.answer(status);
            work(sink);
            assertThat(sink.status().state()).isEqualTo(state);
            assertThat(sink.status().lastError())
                    .contains("batch 7, bucket 0, first 0, count 1")
                    .contains("" + status);
            assertThat(sink.status().retries()).isEqualTo(failure);
            untilDue(sink);
            assertThat(transport.underWay()).hasSize(1);
        }
        assertThat(transport.all())
                .extracting(FakeTransport.Sent::headers)
                .containsOnly(transport.all().get(0).headers());
        assertThat(transport.all()).extracting(FakeTransport.Sent::text).containsOnly("a\n");

        transport.answer(200);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
        assertThat(sink.status().lastError()).isEmpty();
        assertThat(sink.progress()).isEqualTo(new Progress(0, 1));
    }

    @ParameterizedTest
    @CsvSource({
        "400, a different body was sent under this Idempotency-Key",
        "422, idempotency_key_reused",
        "409, {\"error\":\"IDEMPOTENCY\"}"
    })
    void shouldTakeARefusalOfTheKeyForAnOutageWithAdvice(int status, String said) {
        HttpSink sink = oneOfTwoUnderWay();

        for (int failure = 1; failure <= 3; failure++) {
            transport.end(transport.underWay().get(0), new Answered(status, "", "x".repeat(600) + said));
            work(sink);
            assertThat(sink.status().state()).isEqualTo(SinkState.FAILING);
            assertThat(sink.status().lastError()).contains("status " + status).contains("'decant journal new-id'");
            untilDue(sink);
        }
        assertThat(box.letters).isEmpty();
        assertThat(transport.all()).extracting(FakeTransport.Sent::key).containsOnly("\"edge-1-00c0ffee-api-7-0-0-1\"");

        transport.answer(200);
        work(sink);
        assertThat(sink.status().state()).isEqualTo(SinkState.DELIVERING);
    }

    @Test
    void shouldGiveUpARecordWhoseRefusalSaysNothingOfTheKey() {
        HttpSink sink = oneOfTwoUnderWay();

        transport.end(transport.underWay().get(0), new Answered(422, "", "x".repeat(1_000) + "idempotent"));
        work(sink);

        assertThat(box.records()).containsExactly("a");
    }

    @ParameterizedTest
    @EnumSource(Outcome.Kind.class)
    void shouldSendTheSameAgainWhenThereWasNoAnswer(Outcome.Kind kind) {
        HttpSink sink = oneOfTwoUnderWay();

        transport.end(transport.underWay().get(0), new Failed(kind, "what happened"));
        work(sink);
        // A success whose header is too large comes again and again, until somebody mends the receiver.
        SinkState expected = kind == Outcome.Kind.HEAD_TOO_LARGE || kind == Outcome.Kind.PROXY
                ? SinkState.FAILING
                : SinkState.RETRYING;
        assertThat(sink.status().state()).isEqualTo(expected);
        assertThat(sink.status().lastError()).contains(kind.toString()).contains("what happened");
        untilDue(sink);

        assertThat(transport.all()).extracting(FakeTransport.Sent::key).containsOnly("\"edge-1-00c0ffee-api-7-0-0-1\"");
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldNotPileUpNewPartsInAnOutage() {
        HttpSink sink = sink(3);
        sink.begin(batch(distinct(20), 1, 100).open(), Progress.START, box);
        work(sink);

        for (int round = 0; round < 100; round++) {
            while (!transport.underWay().isEmpty()) {
                transport.answer(503);
            }
            work(sink);
            untilDue(sink);
        }
        assertThat(transport.all()).extracting(FakeTransport.Sent::first).containsOnly(0L, 1L, 2L);
    }

    @Test
    void shouldGiveOnlyOnePlaceToAnUnluckyPart() {
        HttpSink sink = sink(2);
        sink.begin(batch(distinct(100), 1, 100).open(), Progress.START, box);
        work(sink);
        now = 0;
        transport.end(transport.underWay().get(0), new Answered(503, "50", ""));
        work(sink);
        now = TimeUnit.SECONDS.toNanos(49);
        assertThat(sink.work(now)).as("Retry-After holds for the whole sink").isFalse();
        transport.answer(200);
        work(sink);
        assertThat(transport.underWay()).isEmpty();
        assertThat(sink.wakeAtNanos()).isEqualTo(TimeUnit.SECONDS.toNanos(50));

        now = TimeUnit.SECONDS.toNanos(50);
        work(sink);
        assertThat(transport.underWay()).extracting(FakeTransport.Sent::first).containsExactly(0L, 2L);
        FakeTransport.Sent unlucky = transport.underWay().get(0);
        for (int i = 0; i < 100; i++) {
            List<FakeTransport.Sent> others = new ArrayList<>(transport.underWay());
            others.remove(unlucky);
            others.forEach(other -> transport.end(other, new Answered(200, "", "")));
            work(sink);
        }
        assertThat(transport.all().get(transport.all().size() - 1).first())
                .as("not further ahead than the bound")
                .isEqualTo(HttpSink.AHEAD_PER_REQUEST * 2 - 1);
        assertThat(sink.progress()).isEqualTo(Progress.START);
    }

    @Test
    void shouldObeyRetryAfterUpToTheCap() {
        HttpSink sink = oneOfTwoUnderWay();
        now = 0;
        transport.end(transport.underWay().get(0), new Answered(429, "3600", ""));
        work(sink);

        assertThat(sink.wakeAtNanos()).isEqualTo(CAP.toNanos());
        assertThat(sink.work(CAP.toNanos() - 1)).isFalse();
        assertThat(sink.work(CAP.toNanos())).isTrue();
        assertThat(transport.underWay()).hasSize(1);
    }

    @Test
    void shouldNeverShowCredentialsThatAReceiverShowsIt() {
        HttpSink sink = sink(with(Compression.NONE, new AuthSettings(new Secret("decant:hunter2"), Secret.NONE)));
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.end(
                transport.underWay().get(0),
                new Answered(
                        401, "", "no: Basic ZGVjYW50Omh1bnRlcjI=, decant:hunter2, hunter2, " + "c2VjcmV0".repeat(4)));
        work(sink);

        assertThat(sink.status().lastError())
                .contains("no: <hidden>, <hidden>, <hidden>, <hidden>")
                .doesNotContain("hunter2", "ZGVjYW50", "c2VjcmV0");
    }

    @Test
    void shouldNeverShowASecretThatAReceiverShowsIt() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer s3cr3t-token")));
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.end(
                transport.underWay().get(0),
                new Answered(401, "", "bad token s3cr3t-token in \"Bearer s3cr3t-token\""));
        work(sink);

        assertThat(sink.status().lastError()).contains("bad token").doesNotContain("s3cr3t");
        assertThat(new PartRequest(transport.all().get(0).headers(), null).toString())
                .doesNotContain("s3cr3t");
    }

    /**
     * So much of an answer is kept as it may have of a secret's beginning, and nothing that follows tells that it is
     * one.
     */
    @Test
    void shouldNotShowTheBeginningOfASecretThatAnAnswerWasCutIn() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer s3cr3t-token")));
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), new Answered(400, "", "bad token s3cr3t-tok"));
        work(sink);

        assertThat(box.letters).singleElement().satisfies(letter -> assertThat(letter.answer())
                .startsWith("bad token")
                .doesNotContain("s3cr3t"));
    }

    @Test
    void shouldNotPutASecretAmongTheDeadLetters() {
        HttpSink sink = sink(1, Map.of("Authorization", new Secret("Bearer s3cr3t-token")));
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        transport.end(transport.underWay().get(0), new Answered(400, "", "bad token s3cr3t-token"));
        work(sink);

        sink.begin(batch(List.of("b", "c"), 2, 100).open(), Progress.START, box);
        work(sink);
        Items items = new Items.Builder()
                .add(200, "")
                .add(422, "{\"token\":\"s3cr3t-token\"}")
                .build();
        transport.end(transport.underWay().get(0), new Answered(207, "", "{", items));
        work(sink);

        assertThat(box.letters).hasSize(2).allSatisfy(letter -> assertThat(letter.answer())
                .contains("token")
                .doesNotContain("s3cr3t"));
    }
}
