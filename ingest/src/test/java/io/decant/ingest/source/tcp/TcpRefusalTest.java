package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Every refusal, and that it harms nothing that came before it, nor anybody else. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpRefusalTest {

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
    void shouldRefuseARecordOverTheLimitOnceWhatCameBeforeIsSynced() {
        tcp.maxRecord(16).start();
        tcp.intake.syncsOnlyWhenTold();
        TestClient bystander = tcp.client().send("bystander\n");
        tcp.awaitRecords(1);
        TestClient client = tcp.client().send("good\n0123456789abcdef\n0123456789abcdefg\nlost\n");
        tcp.awaitRecords(3);
        assertThat(client.hasAnswer()).isFalse();
        tcp.intake.sync();
        client.linesUpTo("ERR 2 record-too-long a record is longer than max-record, which is 16B");
        assertThat(client.rest()).isEmpty();
        assertThat(tcp.source().status().refusals()).isEqualTo(1);
        bystander.linesUpTo("OK 1");
        bystander.send("goes on\n");
        tcp.awaitRecords(4);
        tcp.intake.sync();
        bystander.linesUpTo("OK 2");
    }

    @Test
    void shouldRefuseAlsoWhereItDoesNotAcknowledge() {
        tcp.ack(AckMode.NONE).maxRecord(4).start();
        assertThat(tcp.client().send("one\ntoo long").rest()).startsWith("ERR 1 record-too-long ");
    }

    @Test
    void shouldSayEveryOkOfFlumeBeforeTheRefusal() {
        tcp.ack(AckMode.FLUME).maxRecord(4).start();
        assertThat(tcp.client().send("one\ntwo\ntoo long").rest()).startsWith("OK\nOK\nERR 2 record-too-long ");
    }

    @Test
    void shouldReachAClientThatIsStillSending() {
        tcp.maxRecord(16).start();
        TestClient client = tcp.client();
        String megabyte = "x".repeat(1 << 20);
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < 30; i++) {
                client.send(megabyte);
            }
            client.endInput();
        });
        sending.join();
        assertThat(client.rest()).startsWith("ERR 0 record-too-long ");
        tcp.awaitConnections(0);
    }

    @Test
    void shouldCloseOnAClientThatNeverStopsSending() {
        tcp.maxRecord(16).start();
        TestClient client = tcp.client();
        String megabyte = "x".repeat(1 << 20);
        AtomicBoolean broken = new AtomicBoolean();
        CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            try {
                while (true) {
                    client.send(megabyte);
                }
            } catch (UncheckedIOException e) {
                broken.set(true);
            }
        });
        sending.join();
        assertThat(broken).isTrue();
        tcp.awaitConnections(0);
    }

    @Test
    void shouldRefuseAConnectionTooManyAndServeTheNextWhenOneHasGone() {
        tcp.maxConnections(2).start();
        TestClient first = tcp.client().send("a\n");
        first.linesUpTo("OK 1");
        TestClient second = tcp.client().send("b\n");
        second.linesUpTo("OK 1");
        TestClient third = tcp.client();
        assertThat(third.rest())
                .isEqualTo("ERR 0 too-many-connections there are 2 already, which is max-connections\n");
        third.close();
        assertThat(first.endInput().rest()).isEmpty();
        tcp.awaitConnections(1);
        tcp.client().send("c\n").linesUpTo("OK 1");
        second.send("d\n").linesUpTo("OK 2");
    }
}
