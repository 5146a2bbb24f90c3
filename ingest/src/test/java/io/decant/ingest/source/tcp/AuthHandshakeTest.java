package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SourceUserSettings;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceUsers;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long the line may take, and that nothing of it stays. Time is the channel's. */
class AuthHandshakeTest {

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final SourceUsers users = SourceUsers.of(
                    "in", Map.of("edge-7", SourceUserSettings.of("open-sesame")), new SourceCounters(), null)
            .orElseThrow();
    private final AtomicInteger late = new AtomicInteger();
    private AuthHandshake auth;

    @BeforeEach
    void begin() {
        users.start();
        auth = new AuthHandshake(users, channel.eventLoop());
        auth.begin(late::incrementAndGet);
    }

    @AfterEach
    void close() {
        auth.end(CloseReason.LOST, "127.0.0.1:1#1");
        users.close();
        channel.finishAndReleaseAll();
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private void millis(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
    }

    @Test
    void shouldNotWaitForAClientThatSaysNothingOrNotAllOfIt() {
        auth.take(bytes("AUTH open"));
        millis(AuthHandshake.AUTH_MILLIS_MAX - 1);
        assertThat(late).hasValue(0);

        millis(1);

        assertThat(late).hasValue(1);
    }

    @Test
    void shouldTakeItsTimeOnceTheUserIsKnown() {
        assertThat(auth.take(bytes("AUTH open-sesame\none\n"))).isEqualTo(AuthHandshake.Result.KNOWN);

        millis(10 * AuthHandshake.AUTH_MILLIS_MAX);

        assertThat(late).hasValue(0);
        assertThat(auth.nextKept().toString(StandardCharsets.US_ASCII)).isEqualTo("one\n");
        assertThat(auth.nextKept()).isNull();
    }

    @Test
    void shouldGiveBackWhatItHolds() {
        ByteBuf piece = bytes("AUTH ");
        ByteBuf wrong = bytes("wrong\none\n");
        assertThat(auth.take(piece)).isEqualTo(AuthHandshake.Result.UNFINISHED);
        assertThat(auth.take(wrong)).isEqualTo(AuthHandshake.Result.REFUSED);
        auth.end(auth.refusal(), "127.0.0.1:1#1");

        assertThat(piece.refCnt()).isZero();
        assertThat(wrong.refCnt()).isZero();
        assertThat(users.status().unauthorized()).isEqualTo(1);
        assertThat(users.status().users().get("edge-7").connections()).isZero();
        millis(AuthHandshake.AUTH_MILLIS_MAX);
        assertThat(late).hasValue(0);
    }

    @Test
    void shouldHoldAPlaceOfTheUserUntilItEnds() {
        auth.take(bytes("AUTH open-sesame\n"));
        assertThat(users.status().users().get("edge-7").connections()).isEqualTo(1);

        auth.end(CloseReason.INPUT_ENDED, "127.0.0.1:1#1");
        auth.end(CloseReason.INPUT_ENDED, "127.0.0.1:1#1");

        assertThat(users.status().users().get("edge-7").connections()).isZero();
    }
}
