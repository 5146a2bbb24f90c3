package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PacedProtocolTest {

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    @Test
    void shouldAddRecordsToAStreamOfRedis() {
        PacedProtocol redis = PacedProtocol.redis();
        assertThat(text(redis.request(bytes("apple\n"))))
                .isEqualTo("*5\r\n$4\r\nXADD\r\n$7\r\nrecords\r\n$1\r\n*\r\n$1\r\nr\r\n$5\r\napple\r\n");
        String longer = "pear".repeat(100);
        assertThat(text(redis.request(bytes(longer + "\n")))).endsWith("$400\r\n" + longer + "\r\n");
    }

    @Test
    void shouldCountIdsHoweverTheyArrive() {
        PacedProtocol redis = PacedProtocol.redis();
        String answers = "$15\r\n1700000000000-0\r\n$15\r\n1700000000000-1\r\n";
        for (int i = 0; i < answers.length(); i++) {
            assertThat(redis.acknowledged()).isEqualTo(i <= answers.length() / 2 - 1 ? 0 : 1);
            redis.read(bytes(answers.substring(i, i + 1)));
        }
        redis.read(bytes(answers + answers));
        assertThat(redis.acknowledged()).isEqualTo(6);
    }

    @Test
    void shouldFailWhereRedisDoes() {
        PacedProtocol redis = PacedProtocol.redis();
        assertThatThrownBy(() -> redis.read(bytes("-MISCONF Errors writing to the AOF file\r\n")))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("MISCONF");
    }

    @Test
    void shouldSendLinesAsTheyAre() {
        PacedProtocol lines = PacedProtocol.lines();
        assertThat(text(lines.request(bytes("apple\n")))).isEqualTo("apple\n");
        lines.read(bytes("OK 7\n"));
        assertThat(lines.acknowledged()).isEqualTo(7);
    }
}
