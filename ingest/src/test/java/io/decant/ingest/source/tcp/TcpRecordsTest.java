package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.source.SourceStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of the bytes that clients send. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpRecordsTest {

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    @Test
    void shouldTakeEmptyRecordsAndKeepCarriageReturns() {
        tcp.start();
        tcp.client().send("a\r\n\n\r\nb\n").endInput().linesUpTo("OK 4");
        assertThat(tcp.intake.text()).isEqualTo("a\r\n\n\r\nb\n");
    }

    @Test
    void shouldTakeWhatStandsAfterTheLastNewlineAsARecordAtTheEndOfInput() {
        tcp.start();
        tcp.client().send("one\ntwo").endInput().linesUpTo("OK 2");
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
    }

    @Test
    void shouldTakeNoRecordAfterAFinalNewline() {
        tcp.start();
        tcp.client().send("one\n").endInput().linesUpTo("OK 1");
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    @Test
    void shouldFrameWhatComesByteByByte() {
        tcp.start();
        TestClient client = tcp.client();
        String text = "first\n\nthird\r\nlast";
        text.chars().forEach(c -> client.send(Character.toString(c)));
        client.endInput().linesUpTo("OK 4");
        assertThat(tcp.intake.text()).isEqualTo(text + "\n");
    }

    @Test
    void shouldFrameALongRecordOverManyReads() {
        tcp.maxRecord(4 << 20).start();
        String record = "x".repeat(4 << 20);
        TestClient client = tcp.client();
        CompletableFuture<Void> sent = CompletableFuture.runAsync(
                () -> client.send("before\n" + record + "\nafter").endInput());
        client.linesUpTo("OK 3");
        sent.join();
        assertThat(tcp.intake.text().equals("before\n" + record + "\nafter\n")).isTrue();
    }

    @Test
    void shouldBoundItsBlocksAndKeepTheOrderOfMegabytes() {
        tcp.start();
        StringBuilder text = new StringBuilder();
        int records = 0;
        while (text.length() < 16 << 20) {
            text.append(records++).append('.').append("x".repeat(records % 97)).append('\n');
        }
        TestClient client = tcp.client();
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(() -> client.send(text.toString()).endInput());
        client.linesUpTo("OK " + records);
        sent.join();
        assertThat(tcp.intake.text().contentEquals(text)).isTrue();
        assertThat(tcp.intake.largestBlock()).isLessThanOrEqualTo(LineFramer.BLOCK_BYTES_MAX);
        assertThat(tcp.intake.blocks()).isLessThan(4_096);
    }

    @Test
    void shouldServeAThousandConnectionsAtOnce() {
        tcp.start();
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            clients.add(tcp.client().send("record of " + i + "\nand"));
        }
        tcp.awaitConnections(1_000);
        for (int i = 0; i < 1_000; i++) {
            clients.get(i).send(" more of " + i).endInput();
        }
        for (TestClient client : clients) {
            client.linesUpTo("OK 2");
            assertThat(client.line()).isNull();
        }
        assertThat(tcp.intake.texts()).hasSize(1_000);
        for (int i = 0; i < 1_000; i++) {
            assertThat(tcp.intake.texts()).containsValue("record of " + i + "\nand more of " + i + "\n");
        }
        tcp.awaitConnections(0);
    }

    @Test
    void shouldNameAPlainStreamByItsPeerAndNotKeepIt() {
        tcp.start();
        TestClient client = tcp.client();
        client.send("a\n").linesUpTo("OK 1");
        StreamId stream = tcp.intake.streams().get(0);
        assertThat(stream.source()).isEqualTo("logs");
        assertThat(stream.name()).startsWith("127.0.0.1:" + client.localPort() + "#");
        assertThat(stream.kept()).isFalse();
    }

    @Test
    void shouldKeepWhatWasHandedInWhenTheClientBreaksOff() {
        tcp.intake.syncsOnlyWhenTold();
        tcp.start();
        TestClient client = tcp.client().send("one\ntwo\nunfinished");
        tcp.awaitRecords(2);
        Await.until("the unfinished line", () -> tcp.source().status().unfinishedBytes() == 10);
        client.reset();
        Await.until("the unfinished line is gone", () -> tcp.source().status().unfinishedBytes() == 0);
        assertThat(tcp.source().status().connections()).isEqualTo(1);
        tcp.intake.sync();
        tcp.awaitConnections(0);
        assertThat(tcp.intake.text()).isEqualTo("one\ntwo\n");
        assertThat(tcp.source().status().records()).isEqualTo(2);
    }

    @Test
    void shouldShowWhatItDoes() {
        tcp.start();
        tcp.client().send("abc\nde\nf").linesUpTo("OK 2");
        SourceStatus status = tcp.source().status();
        assertThat(status.address()).isEqualTo("127.0.0.1:" + tcp.port());
        assertThat(status.connections()).isEqualTo(1);
        assertThat(status.records()).isEqualTo(2);
        assertThat(status.bytes()).isEqualTo(7);
        assertThat(status.refusals()).isZero();
        assertThat(status.unfinishedBytes()).isEqualTo(1);
        assertThat(status.paused()).isFalse();
    }

    @Test
    void shouldSayInOneLineWhyItCannotListen() {
        tcp.start();
        TcpSource second = tcp.newSource(tcp.port());
        assertThatThrownBy(() -> second.start(tcp.intake, tcp.kept))
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("127.0.0.1:" + tcp.port())
                .hasMessageContaining("Address already in use")
                .hasMessageContaining("sources.logs.address")
                .message()
                .hasLineCount(1);
        TcpFixture.await(second.drain());
    }
}
