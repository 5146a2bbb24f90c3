package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.source.tcp.SessionLine.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionLineTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "edge-1.eu_west", "0123456789", "AZaz09._-"})
    void shouldReadAnId(String id) {
        SessionLine line = new SessionLine();
        assertThat(line.take(bytes("SESSION " + id + "\n"))).isEqualTo(Result.COMPLETE);
        assertThat(line.id()).isEqualTo(id);
    }

    @Test
    void shouldLeaveTheRecordsThatFollow() {
        SessionLine line = new SessionLine();
        ByteBuf read = bytes("SESSION a\nfirst\nsecond");
        assertThat(line.take(read)).isEqualTo(Result.COMPLETE);
        assertThat(read.toString(StandardCharsets.ISO_8859_1)).isEqualTo("first\nsecond");
    }

    @Test
    void shouldTakeTheLineInPieces() {
        SessionLine line = new SessionLine();
        for (char c : "SESSION piece".toCharArray()) {
            assertThat(line.take(bytes(String.valueOf(c)))).isEqualTo(Result.UNFINISHED);
        }
        assertThat(line.take(bytes("\n"))).isEqualTo(Result.COMPLETE);
        assertThat(line.id()).isEqualTo("piece");
    }

    @Test
    void shouldTakeAnIdOf128CharactersAndNoneLonger() {
        assertThat(new SessionLine().take(bytes("SESSION " + "x".repeat(128) + "\n")))
                .isEqualTo(Result.COMPLETE);
        assertThat(new SessionLine().take(bytes("SESSION " + "x".repeat(129)))).isEqualTo(Result.BAD);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n",
                "SESSION\n",
                "SESSION \n",
                "SESSION",
                "session a\n",
                "SESSION  a\n",
                "SESSION a b\n",
                "SESSION a\r\n",
                "SESSION a/b\n",
                "SESSION \u00e4\n",
                "GET / HTTP/1.1\n"
            })
    void shouldRefuseWhatIsNoSessionLine(String text) {
        SessionLine line = new SessionLine();
        Result result = line.take(bytes(text));
        assertThat(result == Result.UNFINISHED ? line.take(bytes("\n")) : result)
                .isEqualTo(Result.BAD);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }
}
