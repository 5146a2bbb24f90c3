package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A journal without room: clients wait, nothing is dropped, nothing grows. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpBackpressureTest {

    /** More than both sockets' buffers hold on any machine that runs this. */
    private static final long SENT_BYTES_MAX = 1L << 30;

    private static final long STALL_NANOS = 300_000_000;

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
    void shouldStopReadingSoThatTheClientsWritesBlock() throws IOException {
        tcp.intake.hasRoomFor(0);
        tcp.start();
        try (SocketChannel client =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.port()))) {
            long sent = sendUntilItStalls(client);
            assertThat(sent).isLessThan(SENT_BYTES_MAX);
            assertThat(sendUntilItStalls(client)).isZero();
            assertThat(tcp.source().status().paused()).isTrue();
            assertThat(tcp.intake.blocks()).isZero();
            // One block was offered, and neither it nor another again while there was no room.
            assertThat(tcp.intake.refusedOffers()).isEqualTo(1);
            assertThat(tcp.intake.wakeUpsAsked()).isEqualTo(1);

            tcp.intake.hasRoomFor(Long.MAX_VALUE);
            client.shutdownOutput();
            // If it stalled in mid-record, the end of input ends that record, too.
            long records = (sent + 1) / 2;
            tcp.awaitRecords(records);
            assertThat(tcp.intake.text().equals("x\n".repeat((int) records))).isTrue();
        }
        tcp.awaitConnections(0);
        assertThat(tcp.source().status().paused()).isFalse();
    }

    @Test
    void shouldLeaveInTheSocketWhatAClientSentBeforeItEndedItsInput() {
        tcp.intake.hasRoomFor(0);
        tcp.start();
        TestClient client = tcp.client().send("first\n");
        Await.until("the connection waits", () -> tcp.source().status().paused());
        int records = 20_000;
        client.send("x\n".repeat(records)).endInput();
        // Another connection shows that the loops have seen the end of input by now.
        for (int i = 0; i < 4; i++) {
            TestClient other = tcp.client().send("other\n");
            other.close();
        }
        Await.until("every loop waits", () -> tcp.intake.wakeUpsAsked() == 2);
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        client.linesUpTo("OK " + (records + 1));
        assertThat(client.line()).isNull();
        // Read while the journal had no room, it would have come in ten blocks of the smallest read; read after, in
        // reads that grow. One block is the client's first, four are the others'.
        assertThat(tcp.intake.blocks()).isLessThanOrEqualTo(5 + 5);
    }

    @Test
    void shouldAskOnceForRoomHoweverManyConnectionsWait() {
        tcp.intake.hasRoomFor(0);
        tcp.start();
        List<TestClient> clients = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(tcp.client().send("record\n").endInput());
        }
        Await.until("all loops wait", () -> tcp.intake.wakeUpsAsked() == 2);
        tcp.awaitConnections(100);
        assertThat(tcp.intake.blocks()).isZero();
        tcp.intake.hasRoomFor(50);
        tcp.awaitRecords(50);
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        for (TestClient client : clients) {
            assertThat(client.rest()).isEqualTo("OK 1\n");
        }
    }

    @Test
    void shouldHandInInOrderAsRoomComesBlockByBlock() {
        tcp.intake.hasRoomFor(0);
        tcp.start();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 500_000; i++) {
            text.append(i).append('\n');
        }
        TestClient client = tcp.client();
        CompletableFuture<Void> sent =
                CompletableFuture.runAsync(() -> client.send(text.toString()).endInput());
        while (tcp.intake.records() < 500_000) {
            int before = tcp.intake.blocks();
            tcp.intake.hasRoomFor(1);
            Await.until("one block more", () -> tcp.intake.blocks() > before);
        }
        tcp.intake.hasRoomFor(Long.MAX_VALUE);
        sent.join();
        client.linesUpTo("OK 500000");
        assertThat(tcp.intake.text().contentEquals(text)).isTrue();
    }

    /** Sends two-byte records until for a while nothing can be sent; returns how many bytes. */
    private static long sendUntilItStalls(SocketChannel client) {
        ByteBuffer records = ByteBuffer.wrap("x\n".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII));
        long sent = 0;
        long lastSent = System.nanoTime();
        try {
            client.configureBlocking(false);
            while (System.nanoTime() - lastSent < STALL_NANOS && sent < SENT_BYTES_MAX) {
                int now = client.write(records.position((int) (sent % 2)));
                if (now > 0) {
                    sent += now;
                    lastSent = System.nanoTime();
                } else {
                    LockSupport.parkNanos(100_000);
                }
                records.clear();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sent;
    }
}
