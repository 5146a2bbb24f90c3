package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.UserToken;
import io.decant.ingest.source.tcp.AuthLine.Result;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The line with a token, whole and in pieces. */
class AuthLineTest {

    private final AuthLine line = new AuthLine();

    private Result take(String text) {
        return line.take(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldTakeTheTokenAndLeaveWhatFollows() {
        ByteBuf read = Unpooled.copiedBuffer("AUTH open-sesame\nSESSION s\n", StandardCharsets.ISO_8859_1);

        assertThat(line.take(read)).isEqualTo(Result.COMPLETE);

        assertThat(line.token()).asString().isEqualTo("open-sesame");
        assertThat(read.toString(StandardCharsets.ISO_8859_1)).isEqualTo("SESSION s\n");
    }

    @Test
    void shouldTakeItInPiecesOfAByte() {
        String text = "AUTH open-sesame";
        for (int i = 0; i < text.length(); i++) {
            assertThat(take(text.substring(i, i + 1))).isEqualTo(Result.UNFINISHED);
            assertThat(line.isPrefix()).isEqualTo(i < 4);
        }
        assertThat(take("\n")).isEqualTo(Result.COMPLETE);
        assertThat(line.token()).asString().isEqualTo("open-sesame");
    }

    @ParameterizedTest
    @CsvSource({"'AUTH \n', BAD", "'AUTH a b\n', BAD", "'AUTH a\r\n', BAD", "'AUTH  a\n', BAD", "'AUTH \u00e9\n', BAD"})
    void shouldTakeNoOtherToken(String text, Result expected) {
        assertThat(take(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\n", "auth a\n", "AUTHa\n", "AUT\n", "SESSION s\n", "POST / HTTP/1.1\r\n", "\u0016\u0003\u0001"
            })
    void shouldTellAnotherLineByItsFirstBytes(String text) {
        assertThat(take(text)).isEqualTo(Result.OTHER);
    }

    @Test
    void shouldTakeTheLongestTokenAndNotAByteMore() {
        String longest = "x".repeat(UserToken.CHARS_MAX);

        assertThat(take("AUTH " + longest)).isEqualTo(Result.UNFINISHED);
        assertThat(take("x")).isEqualTo(Result.BAD);
        assertThat(new AuthLine().take(Unpooled.copiedBuffer("AUTH " + longest + "\n", StandardCharsets.US_ASCII)))
                .isEqualTo(Result.COMPLETE);
    }
}
