package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AckMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AckReaderTest {

    private static void read(AckReader reader, String text) {
        reader.read(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void shouldTakeAnswersHoweverTheyAreCut(int step) {
        String answers = "OK 1\nOK 25\nOK 1000000\n";
        AckReader reader = new AckReader(AckMode.COUNT);
        for (int at = 0; at < answers.length(); at += step) {
            read(reader, answers.substring(at, Math.min(answers.length(), at + step)));
        }
        assertThat(reader.acknowledged()).isEqualTo(1_000_000);
    }

    @Test
    void shouldCountAnAnswerForEachRecord() {
        AckReader reader = new AckReader(AckMode.FLUME);
        read(reader, "OK\nOK\nO");
        assertThat(reader.acknowledged()).isEqualTo(2);
        read(reader, "K\n");
        assertThat(reader.acknowledged()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERR 3 busy no room\n", "OK\n", "OK x\n", "OK \n", "\n"})
    void shouldFailAtAnythingElse(String answer) {
        assertThatThrownBy(() -> read(new AckReader(AckMode.COUNT), answer))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("the server answered: " + answer.strip());
    }

    @Test
    void shouldFailWhereTheCountGoesBack() {
        AckReader reader = new AckReader(AckMode.COUNT);
        read(reader, "OK 5\n");
        assertThatThrownBy(() -> read(reader, "OK 4\n")).isInstanceOf(LoadException.class);
    }
}
