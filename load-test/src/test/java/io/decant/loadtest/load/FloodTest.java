package io.decant.loadtest.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AckMode;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class FloodTest {

    private static final int RECORDS = 200_000;
    private final RecordPool pool = new RecordPool(RecordShape.STANDARD, 20, 1 << 20, 1);

    private static void flood(Flood flood, int records) {
        flood.start();
        while (flood.sent() < records) {
            flood.requireRunning();
            LockSupport.parkNanos(1_000_000);
        }
        flood.stop();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "50, false", "50, true"})
    void shouldSendAllAndHearOfAll(int connections, boolean sessions) throws Exception {
        FloodOptions options = new FloodOptions(connections, AckMode.COUNT, sessions, 1 << 20);
        try (FakeSource source = new FakeSource(sessions, 0);
                Flood flood = new Flood(source.address(), pool, options)) {
            flood(flood, RECORDS);
            assertThat(flood.acknowledged()).isEqualTo(flood.sent()).isGreaterThanOrEqualTo(RECORDS);
            assertThat(source.lines()).isEqualTo(flood.sent());
        }
    }

    @Test
    void shouldNotHaveMoreOutstandingThanAllowed() throws Exception {
        int chunks = 3;
        FloodOptions options = new FloodOptions(1, AckMode.COUNT, false, (long) chunks * pool.chunkBytes());
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Flood flood = new Flood((InetSocketAddress) silent.getLocalSocketAddress(), pool, options)) {
            flood.start();
            while (flood.chunks() < chunks) {
                LockSupport.parkNanos(1_000_000);
            }
            // It would have gone on at once.
            LockSupport.parkNanos(20_000_000);
            assertThat(flood.chunks()).isEqualTo(chunks);
        }
    }

    @ParameterizedTest
    @CsvSource({"-1", "1"})
    void shouldFailWhereTheCountIsNotWhatWasSent(int off) throws Exception {
        try (FakeSource source = new FakeSource(false, off);
                Flood flood = new Flood(source.address(), pool, FloodOptions.DEFAULT)) {
            assertThatThrownBy(() -> flood(flood, RECORDS))
                    .isInstanceOf(LoadException.class)
                    .hasMessageContaining("acknowledged");
        }
    }

    @Test
    void shouldSayThatNobodyListens() throws Exception {
        InetSocketAddress nobody;
        try (ServerSocket gone = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = (InetSocketAddress) gone.getLocalSocketAddress();
        }
        assertThatThrownBy(() -> new Flood(nobody, pool, FloodOptions.DEFAULT))
                .isInstanceOf(LoadException.class)
                .hasMessageContaining("connection 1 to the source");
    }

    @Test
    void shouldSendByTheSchedule() throws Exception {
        RecordPool ones = new RecordPool(RecordShape.STANDARD, 1, 1 << 16, 1);
        long start = System.nanoTime();
        Schedule schedule = new Schedule(start, 2_000, 1);
        try (FakeSource source = new FakeSource(false, 0);
                PacedClient client = new PacedClient(source.address(), ones, schedule, 0)) {
            while (client.sent() < 400) {
                client.requireRunning();
                LockSupport.parkNanos(1_000_000);
            }
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(schedule.dueNanos(399));
            client.stop();
            assertThat(client.acknowledged()).isEqualTo(client.sent());
            assertThat(source.lines()).isEqualTo(client.sent());
            assertThat(client.latencies().getTotalCount()).isEqualTo(client.sent());
        }
    }
}
