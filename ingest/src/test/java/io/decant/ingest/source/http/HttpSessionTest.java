package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A session over HTTP: what is durable of it is skipped. */
class HttpSessionTest {

    private final HttpFixture fixture = new HttpFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private RawClient.Answer post(String session, long first, String text) {
        return fixture.post(headers(session, first), text);
    }

    private static String headers(String session, long first) {
        return "Decant-Session: " + session + "\r\nDecant-First: " + first + "\r\n";
    }

    private static void assertNext(RawClient.Answer answer, int status, long next) {
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("decant-next", Long.toString(next));
    }

    @Test
    void shouldGoOnWhereItIs() {
        fixture.start();

        assertNext(post("s", 0, ""), 200, 0);
        assertNext(post("s", 0, "a\nb\n"), 200, 2);
        assertNext(post("s", 2, "c\n"), 200, 3);
        assertNext(post("s", 3, ""), 200, 3);

        assertThat(fixture.journal.text()).isEqualTo("a\nb\nc\n");
        assertThat(fixture.journal.blocks().get(0).stream().name()).isEqualTo("s");
    }

    @Test
    void shouldSkipWhatIsDurable() {
        fixture.start();
        post("s", 0, "a\nb\nc\n");

        RawClient.Answer all = post("s", 0, "a\nb\nc\n");
        assertNext(all, 200, 3);
        assertThat(all.body()).isEqualTo("{\"records\":3}");
        assertNext(post("s", 1, "b\nc\nd\ne\n"), 200, 5);
        assertNext(post("s", 1, "b\n"), 200, 5);

        assertThat(fixture.journal.text()).isEqualTo("a\nb\nc\nd\ne\n");
    }

    @Test
    void shouldRefuseAGapAndSayWhereToGoOn() {
        fixture.start();
        post("s", 0, "a\n");

        RawClient.Answer gap = post("s", 2, "c\n");

        assertNext(gap, 409, 1);
        assertThat(gap.body()).contains("records-missing");
        assertNext(post("s", 1, "b\n"), 200, 2);
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @Test
    void shouldTakeOneRequestAtATime() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        RawClient first = fixture.client().post(headers("s", 0), "a\n");
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 1);

        assertThat(post("s", 0, "a\n").status()).isEqualTo(409);
        fixture.journal.sync(1);

        assertNext(first.answer(), 200, 1);
        assertNext(post("s", 0, "a\n"), 200, 1);
    }

    @Test
    void shouldGoOnAfterACrash() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        String text = ("x".repeat(99) + "\n").repeat(30_000);
        fixture.client().post(headers("s", 0), text);
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 3);
        fixture.journal.sync(1);
        fixture.crash();

        RawClient retry = fixture.client().post(headers("s", 0), text);
        HttpFixture.until("the rest is handed in", () -> fixture.journal.taken() == 5);
        fixture.journal.sync(2);

        assertNext(retry.answer(), 200, 30_000);
        assertThat(fixture.journal.text()).isEqualTo(text);
    }

    @Test
    void shouldIgnoreFirstWithoutASession() {
        fixture.start();

        assertThat(fixture.post("Decant-First: 7\r\n", "a\n").status()).isEqualTo(200);
        assertThat(fixture.post("Decant-First: x\r\n", "a\n").status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseBadSessions() {
        fixture.start();

        assertThat(fixture.post("Decant-Session: s\r\n", "a\n").status()).isEqualTo(400);
        assertThat(fixture.post("Decant-Session: s\r\nDecant-First: -1\r\n", "a\n")
                        .status())
                .isEqualTo(400);
        assertThat(fixture.post("Decant-Session: a:b\r\nDecant-First: 0\r\n", "a\n")
                        .status())
                .isEqualTo(400);
        assertThat(post("x".repeat(129), 0, "a\n").status()).isEqualTo(400);
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldForgetASessionAfterItsTimeAndRefuseNoneThatIsKept() {
        fixture.journal.keepsStreams(4);
        fixture.start();
        post("one", 0, "a\n");
        post("two", 0, "b\n");

        RawClient.Answer tooMany = post("three", 0, "c\n");
        assertThat(tooMany.status()).isEqualTo(503);
        assertNext(post("one", 1, "a\n"), 200, 2);

        fixture.served = Duration.ofDays(7).plusMillis(1);
        assertNext(post("three", 0, "c\n"), 200, 1);
        assertNext(post("one", 1, "x\n"), 409, 0);
    }
}
