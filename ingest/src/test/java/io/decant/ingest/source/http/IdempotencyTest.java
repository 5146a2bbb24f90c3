package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HttpBody;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A request with an idempotency key is taken once, however often it is sent, across crashes. */
class IdempotencyTest {

    private static final String KEY = "Idempotency-Key: \"k-1\"\r\n";
    private static final String LONG = ("x".repeat(99) + "\n").repeat(30_000);

    private final HttpFixture fixture = new HttpFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private static String key(String key) {
        return "Idempotency-Key: " + key + "\r\n";
    }

    @Test
    void shouldAnswerARepetitionAsTheFirstTimeAndTakeNothing() {
        fixture.start();

        for (int i = 0; i < 3; i++) {
            RawClient.Answer answer = fixture.post(KEY, "a\nb\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("{\"records\":2}");
        }

        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
        assertThat(fixture.journal.blocks().get(0).stream().name()).isEqualTo("key:\"k-1\"");
        assertThat(fixture.source().status().idempotency().keys()).isEqualTo(1);
    }

    @Test
    void shouldTakeTheSameBodyUnderOtherKeysAndWithout() {
        fixture.start();

        fixture.post(key("1"), "a\n");
        fixture.post(key("2"), "a\n");
        fixture.post("", "a\n");
        fixture.post("", "a\n");

        assertThat(fixture.journal.text()).isEqualTo("a\na\na\na\n");
    }

    @Test
    void shouldRefuseTheKeyWithAnotherBody() {
        fixture.start();
        fixture.post(KEY, "a\nb\n");

        RawClient.Answer other = fixture.post(KEY, "a\nc\n");

        assertThat(other.status()).isEqualTo(422);
        assertThat(other.body()).contains("key-reused");
        assertThat(fixture.post(KEY, "a\nb\n").status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @Test
    void shouldCompareTheDecodedBody() throws IOException {
        fixture.start();
        fixture.post(KEY, "a\nb\n");

        RawClient.Answer again = fixture.client()
                .post(KEY + "Content-Encoding: gzip\r\n", HttpSourceTest.encoded("gzip", "a\nb\n"))
                .answer();

        assertThat(again.status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @Test
    void shouldRefuseARepetitionWhileTheFirstIsUnderWay() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        RawClient first =
                fixture.client().send("POST / HTTP/1.1\r\nHost: d\r\n" + KEY + "Content-Length: 4\r\n\r\na\n");
        HttpFixture.until("some of it has come", () -> fixture.held() == 2);

        RawClient.Answer whileItComes = fixture.post(KEY, "a\nb\n");
        assertThat(whileItComes.status()).isEqualTo(409);
        assertThat(whileItComes.headers()).containsKey("retry-after");
        first.send("b\n");
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 1);
        assertThat(fixture.post(KEY, "a\nb\n").status()).isEqualTo(409);
        fixture.journal.sync(1);

        assertThat(first.answer().status()).isEqualTo(200);
        assertThat(fixture.post(KEY, "a\nb\n").status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @Test
    void shouldGiveTheKeyBackWhereNothingIsTaken() {
        fixture.maxRecord(10).start();

        assertThat(fixture.post(KEY, "0123456789a\n").status()).isEqualTo(400);
        RawClient gone = fixture.client().send("POST / HTTP/1.1\r\nHost: d\r\n" + KEY + "Content-Length: 4\r\n\r\na\n");
        HttpFixture.until("some of it has come", () -> fixture.held() == 2);
        gone.reset();
        HttpFixture.until("it is gone", () -> fixture.held() == 0);

        assertThat(fixture.post(KEY, "b\n").status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("b\n");
    }

    @Test
    void shouldTakeWhatIsCompleteThoughTheClientIsGone() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        RawClient gone = fixture.client().post(KEY, "a\nb\n");
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 1);
        gone.reset();
        HttpFixture.until("it is gone", () -> fixture.source().status().connections() == 0);
        fixture.journal.sync(1);

        HttpFixture.until(
                "it is known", () -> fixture.source().status().idempotency().keys() == 1);
        assertThat(fixture.post(KEY, "a\nb\n").body()).isEqualTo("{\"records\":2}");
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @Test
    void shouldKnowKeysAfterACrash() {
        fixture.start();
        fixture.post(KEY, "a\nb\n");

        fixture.crash();

        assertThat(fixture.post(KEY, "a\nc\n").status()).isEqualTo(422);
        assertThat(fixture.post(KEY, "a\nb\n").body()).isEqualTo("{\"records\":2}");
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    /** A large body is several entries, and the crash may come behind any of them. */
    @Test
    void shouldTakeWhatIsMissingAfterACrashInTheMiddle() {
        for (int synced = 0; synced <= 3; synced++) {
            String key = key("crash-" + synced);
            fixture.journal.syncsOnlyWhenTold();
            if (synced == 0) {
                fixture.start();
            }
            int before = fixture.journal.taken();
            String text = LONG.replaceFirst("x", Integer.toString(synced));
            fixture.client().post(key, text);
            HttpFixture.until("it is handed in", () -> fixture.journal.taken() == before + 3);
            fixture.journal.sync(synced);
            fixture.crash();

            RawClient retry = fixture.client().post(key, text);
            int missing = 3 - synced;
            HttpFixture.until("the rest is handed in", () -> fixture.journal.taken() == before + 3 + missing);
            fixture.journal.sync(3);
            assertThat(retry.answer().body()).isEqualTo("{\"records\":30000}");
            assertThat(fixture.journal.text()).endsWith(text).hasSize((synced + 1) * LONG.length());
        }
    }

    @Test
    void shouldRefuseAnotherBodyAfterACrashInTheMiddle() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        fixture.client().post(KEY, LONG);
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 3);
        fixture.journal.sync(1);
        fixture.crash();

        assertThat(fixture.post(KEY, LONG + "y\n").status()).isEqualTo(422);
    }

    @Test
    void shouldTakeWhatIsMissingOfJsonAndOfRecordsWithHeaders() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.body(HttpBody.JSON).headers("X-Trace").start();
        String text = "[" + "1234567,".repeat(100_000) + "0]";
        fixture.client().post(KEY + "X-Trace: t\r\n", text);
        HttpFixture.until("all is handed in", () -> fixture.journal.taken() == 6);
        fixture.journal.sync(2);
        fixture.crash();

        RawClient retry = fixture.client().post(KEY + "X-Trace: t\r\n", text);
        HttpFixture.until("the rest is handed in", () -> fixture.journal.taken() == 10);
        fixture.journal.sync(9);

        assertThat(retry.answer().body()).isEqualTo("{\"records\":100001}");
        assertThat(fixture.journal.blocks().stream()
                        .mapToInt(block -> block.records())
                        .sum())
                .isEqualTo(100_001);
    }

    @Test
    void shouldForgetAKeyThatWasNotUsedForItsTime() {
        fixture.start();
        fixture.post(KEY, "a\n");
        fixture.served = Duration.ofMinutes(10);
        assertThat(fixture.post(KEY, "a\n").status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("a\n");

        fixture.served = Duration.ofMinutes(10).plusMillis(1);

        assertThat(fixture.post(KEY, "b\n").status()).isEqualTo(200);
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
        assertThat(fixture.source().status().idempotency().forgotten()).isZero();
        assertThat(fixture.source().status().idempotency().coveredSeconds()).isEqualTo(600);
    }

    @Test
    void shouldForgetTheOldestBeyondTheNumberAndSayWhichTimeIsCovered() {
        fixture.idempotencyMax(2).start();
        fixture.post(key("1"), "1\n");
        fixture.served = Duration.ofSeconds(30);
        fixture.post(key("2"), "2\n");
        assertThat(fixture.source().status().idempotency().coveredSeconds()).isEqualTo(600);
        fixture.served = Duration.ofSeconds(50);
        fixture.post(key("3"), "3\n");

        assertThat(fixture.source().status().idempotency().keys()).isEqualTo(2);
        assertThat(fixture.source().status().idempotency().keysMax()).isEqualTo(2);
        assertThat(fixture.source().status().idempotency().forgotten()).isEqualTo(1);
        assertThat(fixture.source().status().idempotency().coveredSeconds()).isEqualTo(50);
        fixture.post(key("2"), "2\n");
        fixture.post(key("3"), "3\n");
        assertThat(fixture.journal.text()).isEqualTo("1\n2\n3\n");
        fixture.post(key("1"), "1\n");
        assertThat(fixture.journal.text()).isEqualTo("1\n2\n3\n1\n");
    }

    @Test
    void shouldForgetTheOldestBeyondTheMemory() {
        fixture.journal.keepsRequests(2, "key:1".length());
        fixture.start();

        for (int i = 1; i <= 4; i++) {
            fixture.post(key(Integer.toString(i)), i + "\n");
        }

        assertThat(fixture.source().status().idempotency().keys()).isEqualTo(2);
        assertThat(fixture.source().status().idempotency().forgotten()).isEqualTo(2);
    }

    @Test
    void shouldRefuseBadKeys() {
        fixture.start();

        assertThat(fixture.post("Idempotency-Key: \r\n", "a").status()).isEqualTo(400);
        assertThat(fixture.post(key("x".repeat(256)), "a").status()).isEqualTo(400);
        assertThat(fixture.post(key("1") + key("2"), "a").status()).isEqualTo(400);
        assertThat(fixture.post(key("1") + "Decant-Session: s\r\nDecant-First: 0\r\n", "a")
                        .status())
                .isEqualTo(400);
        assertThat(fixture.post(key("x".repeat(255)), "a").status()).isEqualTo(200);
    }
}
