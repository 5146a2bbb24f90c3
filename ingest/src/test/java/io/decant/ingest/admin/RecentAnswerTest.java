package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets an answer that was made for somebody else. */
class RecentAnswerTest {

    private static final Peer PEER = new Peer(InetAddress.getLoopbackAddress(), 8080, false, List.of());

    private final AtomicInteger made = new AtomicInteger();
    private final AtomicLong nanos = new AtomicLong(-5);
    private int bytes = 10;
    private final RecentAnswer recent =
            new RecentAnswer(request -> Answer.text(200, made.incrementAndGet() + " " + "x".repeat(bytes)), nanos::get);

    private int asked(String target, String cacheControl) throws Exception {
        DefaultHttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, target);
        request.headers().set("host", "localhost").set("cache-control", cacheControl);
        String body = new String(recent.of(AdminRequest.of(request, PEER, "")).body(), StandardCharsets.UTF_8);
        return Integer.parseInt(body.substring(0, body.indexOf(' ')));
    }

    @Test
    void shouldGiveTheLastAnswerForAMomentToWhoTakesIt() throws Exception {
        assertThat(asked("/status", "max-age=1")).isEqualTo(1);
        nanos.addAndGet(RecentAnswer.AGE_NANOS_MAX);
        assertThat(asked("/status", "max-age=1")).isEqualTo(1);
        nanos.addAndGet(1);
        assertThat(asked("/status", "max-age=1")).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no-cache", "max-age=0", "no-store", "x-max-age=1", "s-maxage=5"})
    void shouldMakeANewOneForAnybodyElse(String cacheControl) throws Exception {
        assertThat(asked("/status", "max-age=1")).isEqualTo(1);
        assertThat(asked("/status", cacheControl)).isEqualTo(2);
        assertThat(asked("/status", "no-transform, max-age=10")).as("as it was").isEqualTo(1);
    }

    @Test
    void shouldNotAnswerAnotherQuestion() throws Exception {
        assertThat(asked("/history?seconds=5", "max-age=1")).isEqualTo(1);
        assertThat(asked("/history", "max-age=1")).isEqualTo(2);
        assertThat(asked("/history?seconds=5", "max-age=1"))
                .as("kept beside the other")
                .isEqualTo(1);
        assertThat(asked("/history?seconds=6", "max-age=1")).isEqualTo(3);
        assertThat(asked("/history?seconds=5", "max-age=1"))
                .as("no room for three")
                .isEqualTo(4);
    }

    /** Fifty pages, each of which asks every three seconds, at its own time. */
    @Test
    void shouldBeMadeOnceASecondHoweverManyPagesAsk() throws Exception {
        int seconds = 60;
        for (int milli = 0; milli < seconds * 1_000; milli += 60) {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(60));
            var unused = asked("/status", "max-age=1");
        }
        assertThat(made.get()).isBetween(seconds / 2, seconds);
    }

    @Test
    void shouldNotKeepALongOne() throws Exception {
        bytes = RecentAnswer.BYTES_MAX;
        assertThat(asked("/status", "max-age=1")).isEqualTo(1);
        assertThat(asked("/status", "max-age=1")).isEqualTo(2);
    }
}
