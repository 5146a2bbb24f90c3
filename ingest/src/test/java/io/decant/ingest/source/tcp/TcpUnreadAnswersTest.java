package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.AckMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/**
 * Senders that never read what they are answered, such as {@code cat file > /dev/tcp/...} and most forwarders of logs.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpUnreadAnswersTest {

    private static final int SENDERS = 4;
    private static final int RECORDS = 60_000;

    @Parameter
    TcpFixture.Kind kind;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
        log.start();
        logger().addAppender(log);
        // Nothing is logged before a command says how.
        logger().setLevel(Level.INFO);
    }

    @AfterEach
    void close() {
        logger().detachAppender(log);
        logger().setLevel(null);
        tcp.close();
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(UnreadAnswers.class);
    }

    @RepeatedTest(10)
    void shouldTakeAllFromSendersThatCloseWithoutReading() {
        tcp.ack(AckMode.END).start();
        List<String> texts = texts();
        texts.stream().map(this::sendAndClose).toList().forEach(CompletableFuture::join);
        tcp.awaitConnections(0);
        assertThat(tcp.intake.texts().values()).containsExactlyInAnyOrderElementsOf(texts);
        assertNothingWasReset();
    }

    @RepeatedTest(5)
    void shouldTakeAllFromThemThoughTheJournalHasNoRoomForAWhile() {
        tcp.intake.hasRoomFor(SENDERS);
        tcp.ack(AckMode.END).start();
        List<String> texts = texts();
        List<CompletableFuture<Void>> sent =
                texts.stream().map(this::sendAndClose).toList();
        while (tcp.source().status().connections() > 0 || tcp.intake.blocks() == 0) {
            int before = tcp.intake.blocks();
            Await.until(
                    "the journal is full, or all is in",
                    () -> tcp.intake.wakeUpsAsked() > 0 || tcp.source().status().connections() == 0);
            tcp.intake.hasRoomFor(3);
            Await.until(
                    "a block more",
                    () -> tcp.intake.blocks() > before || tcp.source().status().connections() == 0);
        }
        sent.forEach(CompletableFuture::join);
        assertThat(tcp.intake.texts().values()).containsExactlyInAnyOrderElementsOf(texts);
        assertNothingWasReset();
    }

    /** What it sent fits the sockets' buffers, so the sender is gone before the server reads. */
    @Test
    void shouldTakeAllFromSendersThatAreGoneBeforeTheJournalHasRoom() {
        tcp.intake.hasRoomFor(0);
        tcp.ack(AckMode.END).start();
        List<String> texts = new ArrayList<>();
        for (int sender = 0; sender < 20; sender++) {
            String text = text(sender, 10_000);
            texts.add(text);
            sendAndClose(text).join();
        }
        Await.until("every loop waits", () -> tcp.intake.wakeUpsAsked() == 2);
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        tcp.awaitConnections(0);
        assertThat(tcp.intake.texts().values()).containsExactlyInAnyOrderElementsOf(texts);
        assertNothingWasReset();
    }

    @Test
    void shouldTakeAnUnendedLastLineFromASenderThatCloses() {
        tcp.ack(AckMode.END).start();
        sendAndClose("one\ntwo").join();
        tcp.awaitRecords(2);
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
    }

    /** All of it lies in our kernel, so the reset that the first answer brings may take nothing back. */
    @Test
    void shouldTakeWhatHadArrivedWhereAnAnswerCannotBeWritten() {
        tcp.intake.hasRoomFor(0);
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        String text = text(0, 400);
        sendAndClose(text).join();
        Await.until("the source waits", () -> tcp.source().status().paused());
        while (tcp.source().status().connections() > 0) {
            int before = tcp.intake.blocks();
            tcp.intake.hasRoomFor(1);
            Await.until(
                    "a block more",
                    () -> tcp.intake.blocks() > before || tcp.source().status().connections() == 0);
            tcp.intake.sync();
        }
        assertThat(tcp.intake.blocks()).isGreaterThan(2);
        assertThat(tcp.intake.text()).isEqualTo(text);
        assertNothingWasReset();
    }

    @Test
    void shouldSayOnceThatSendersDoNotReadTheirAnswers() {
        tcp.start();
        closeWithAnswerUnread();
        Await.until("a reset is counted", () -> tcp.source().status().unreadResets() == 1);
        assertThat(tcp.source().status().refusals()).isEqualTo(1);
        closeWithAnswerUnread();
        Await.until("two resets are counted", () -> tcp.source().status().unreadResets() == 2);
        assertThat(log.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage)
                .isEqualTo(
                        "source logs: connections reset after answers were sent, 1 so far: a sender that closes without"
                                + " reading its answers loses the records under way; set sources.logs.ack to end or none, or let the"
                                + " sender read until the server closes the connection");
    }

    @Test
    void shouldCountNoResetOfASessionNorOfAClientThatWasToldNothing() {
        tcp.ack(AckMode.NONE).start();
        TestClient silent = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        silent.reset();
        Await.until("it is lost", () -> tcp.source().status().refusals() == 1);
        assertNothingWasReset();

        TcpFixture sessions = new TcpFixture(kind).sessions().start();
        try (sessions) {
            sessions.client("a", 0).send("one\n").reset();
            Await.until("it is lost", () -> sessions.source().status().refusals() == 1);
            assertThat(sessions.source().status().unreadResets()).isZero();
        }
        assertThat(log.list).isEmpty();
    }

    /**
     * The kernel tells of the reset once. Where it told the write, the read behind it must not pass for the client's
     * end.
     */
    @Test
    void shouldMakeNoRecordOfALineThatAResetCutOff() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        Await.until("an answer is there, unread", client::hasAnswer);
        client.send("two\n");
        tcp.awaitRecords(2);
        tcp.intake.hasRoomFor(0);
        client.send("three\nunfinished");
        Await.until("the line is begun", () -> tcp.source().status().unfinishedBytes() == 10);
        client.reset();
        tcp.intake.sync();
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        tcp.awaitRecords(3);
        tcp.intake.sync();
        tcp.awaitConnections(0);
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\nthree\n");
        assertThat(tcp.source().status().unreadResets()).isEqualTo(1);
    }

    @Test
    void shouldAnswerOnceAtTheEnd() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.ack(AckMode.END).start();
        TestClient client = tcp.client().send("one\n");
        tcp.awaitRecords(1);
        tcp.intake.sync();
        client.send("two\nthree").endInput();
        tcp.awaitRecords(3);
        assertThat(client.hasAnswer()).isFalse();
        tcp.intake.sync();
        assertThat(client.rest()).isEqualTo("OK 3\n");
        assertThat(tcp.client().endInput().rest()).isEqualTo("OK 0\n");
    }

    @Test
    void shouldSayARefusalAtOnceThoughItAnswersAtTheEnd() {
        tcp.ack(AckMode.END).maxRecord(4).start();
        assertThat(tcp.client().send("one\ntoo long").rest()).startsWith("ERR 1 record-too-long ");
    }

    @Test
    void shouldTellASilentClientItsCountThoughItAnswersAtTheEnd() {
        tcp.ack(AckMode.END).idleTimeout(Duration.ofMillis(200)).start();
        assertThat(tcp.client().send("one\nunfinished").rest()).isEqualTo("OK 1\n");
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    private void closeWithAnswerUnread() {
        TestClient client = tcp.client().send("one\n");
        Await.until("an answer is there", client::hasAnswer);
        client.reset();
    }

    /** As fast as the socket takes it, and then the kernel's close alone: {@code Socket} would end its output first. */
    private CompletableFuture<Void> sendAndClose(String text) {
        SocketChannel sender = connect();
        return CompletableFuture.runAsync(() -> {
            try (sender) {
                ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    sender.write(bytes);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private SocketChannel connect() {
        try {
            return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.port()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            texts.add(text(sender, RECORDS));
        }
        return texts;
    }

    private static String text(int sender, int records) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < records; i++) {
            text.append("sender ").append(sender).append(" record ").append(i).append(" of a log");
            text.append(".".repeat(i % 100)).append('\n');
        }
        return text.toString();
    }

    private void assertNothingWasReset() {
        assertThat(tcp.source().status().unreadResets()).isZero();
        assertThat(log.list).isEmpty();
    }
}
