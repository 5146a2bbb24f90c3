package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FrameWatchTest {

    private final FrameGuard guard = new FrameGuard(1_000_000_000, 1_000_000, 100, 0);
    private final FrameWatch watch = new FrameWatch(guard, "127.0.0.1", 9092);

    private void ask(int number) {
        ByteBuffer request = ByteBuffer.allocate(20)
                .putInt(16)
                .putShort((short) 1)
                .putShort((short) 4)
                .putInt(number);
        watch.sent(request, 0, 20);
    }

    private static ByteBuffer answer(int length, int number) {
        int shown = Math.max(Integer.BYTES, Math.min(length, 100));
        return ByteBuffer.allocate(Integer.BYTES + shown).putInt(length).putInt(number);
    }

    @Test
    void shouldLetAnswersPassInTheOrderOfRequestsHoweverTheyArrive() throws SSLException {
        ask(7);
        ask(8);
        ByteBuffer first = answer(50, 7);
        for (int i = 0; i < first.capacity(); i++) {
            watch.received(first, i, i + 1);
        }
        ByteBuffer second = answer(90, 8);
        watch.received(second, 0, second.capacity());
        assertThat(guard.takeLargest()).isEqualTo(90);
        assertThat(guard.takeLargest()).isZero();
        assertThat(guard.diagnosis()).isEmpty();
    }

    static Stream<ByteBuffer> noAnswers() {
        return Stream.of(
                answer(50, 9),
                answer(3, 7),
                answer(-1, 7),
                answer(FrameGuard.FIRST_ANSWER_BYTES_MAX + 1, 7),
                ByteBuffer.wrap("HTTP/1.1".getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    @ParameterizedTest
    @MethodSource("noAnswers")
    void shouldRefuseWhatIsNoAnswerToARequest(ByteBuffer bytes) {
        ask(7);
        assertThatThrownBy(() -> watch.received(bytes, 0, bytes.capacity())).isInstanceOf(SSLException.class);
        assertThat(guard.diagnosis()).startsWith("127.0.0.1:9092 does not use the Kafka protocol");
    }

    @Test
    void shouldRefuseAnswersThatNobodyAskedFor() {
        ByteBuffer bytes = answer(50, 7);
        assertThatThrownBy(() -> watch.received(bytes, 0, bytes.capacity())).isInstanceOf(SSLException.class);
    }

    @Test
    void shouldEndAConnectionWhoseLaterAnswerIsTooLargeAndSaySo() throws SSLException {
        ask(7);
        ask(8);
        ByteBuffer first = answer(50, 7);
        watch.received(first, 0, first.capacity());
        ByteBuffer second = answer(1_000_000_001, 8);
        assertThatThrownBy(() -> watch.received(second, 0, second.capacity())).isInstanceOf(SSLException.class);
        assertThat(guard.takeTooLarge()).isEqualTo(Map.of("127.0.0.1:9092", 1_000_000_001L));
        assertThat(guard.takeTooLarge()).isEmpty();
        assertThat(guard.diagnosis()).as("it is Kafka's").isEmpty();
    }
}
