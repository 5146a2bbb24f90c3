package io.decant.ingest.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Keying;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sender against a server that is played here. */
@Timeout(60)
class DemoSenderTest {
    private ServerSocket listening;
    private DemoSender sender;
    private Socket connection;

    @BeforeEach
    void connect() throws IOException {
        listening = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        sender = new DemoSender(
                new InetSocketAddress(listening.getInetAddress(), listening.getLocalPort()),
                new LogRecords(1, Keying.wholeRecord(1).newHasher()),
                () -> Long.MAX_VALUE / 2);
        connection = listening.accept();
        sender.start();
    }

    @AfterEach
    void close() throws IOException {
        sender.close();
        connection.close();
        listening.close();
    }

    @Test
    void shouldWaitForAcknowledgementsAndEndWhenAllAreThere() throws IOException {
        long most = DemoSender.UNACKNOWLEDGED_BYTES_MAX / LogRecords.LINE_BYTES;
        connection.getInputStream().skipNBytes(most * LogRecords.LINE_BYTES);
        answer("OK 1000\nOK " + most + "\n");
        connection.getInputStream().skipNBytes(LogRecords.LINE_BYTES);
        sender.stop();
        drain();
        long sent = sender.sent().records();
        assertThat(sent).isBetween(most + 1, 3 * most);
        assertThat(sender.ended()).isNotDone();
        answer("OK " + sent + "\n");
        connection.close();
        assertThat(sender.ended()).succeedsWithin(30, TimeUnit.SECONDS);
        assertThat(sender.acknowledged()).isEqualTo(sent);
    }

    @Test
    void shouldNotEndWellWithLessAcknowledged() throws IOException {
        connection.getInputStream().skipNBytes(LogRecords.LINE_BYTES);
        sender.stop();
        drain();
        connection.shutdownOutput();
        assertFails("of " + sender.sent().records() + " records acknowledged");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ERR 7 busy no room\n", "OK 99999999999\n", "OK 10\nOK 9\n", "OK x\n", "HTTP/1.1 200\n"})
    void shouldNotTakeAnAnswerThatIsWrong(String answer) throws IOException {
        connection.getInputStream().skipNBytes(1000L * LogRecords.LINE_BYTES);
        answer(answer);
        assertFails("");
    }

    @Test
    void shouldSayThatTheServerIsGone() throws IOException {
        connection.close();
        assertFails("");
    }

    private void assertFails(String message) {
        assertThatThrownBy(() -> sender.ended().orTimeout(30, TimeUnit.SECONDS).join())
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOf(DemoException.class)
                .hasMessageContaining(message);
    }

    private void answer(String text) throws IOException {
        connection.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void drain() throws IOException {
        InputStream in = connection.getInputStream();
        byte[] buffer = new byte[1 << 16];
        while (in.read(buffer) >= 0) {
            assertThat(sender.acknowledged()).isLessThanOrEqualTo(sender.sent().records());
        }
    }
}
