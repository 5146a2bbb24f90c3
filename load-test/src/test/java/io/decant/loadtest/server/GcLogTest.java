package io.decant.loadtest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.loadtest.server.ServerUnderTest.GcLog;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GcLogTest {

    @Test
    void shouldTellFullCollectionsFromOthersAndWhatIsLeft() {
        assertThat(GcLog.of(List.of(
                        "[0.010s][info][gc] Using G1",
                        "[1.234s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->5M(256M) 3.2ms",
                        "[2.000s][info][gc] GC(1) Pause Full (G1 Compaction Pause) 255M->100M(256M) 80.1ms",
                        "[3.000s][info][gc] GC(2) Concurrent Mark Cycle",
                        "[3.100s][info][gc] GC(2) Pause Remark 101M->90M(256M) 1.0ms")))
                .isEqualTo(new GcLog(1, 90 << 20));
        assertThat(GcLog.of(List.of())).isEqualTo(new GcLog(0, 0));
    }

    @Test
    void shouldSeeWhatThisProcessUses() {
        Optional<ProcessUsage> usage = ProcessUsage.of(ProcessHandle.current().pid());
        // Where there is no /proc there is nothing to see.
        usage.ifPresent(used -> {
            assertThat(used.cpuSeconds()).isPositive();
            assertThat(used.anonymousBytes()).isPositive().isLessThan(used.residentBytes());
        });
        assertThat(ProcessUsage.of(Integer.MAX_VALUE)).isEmpty();
    }

    @Test
    void shouldFindValuesInAStatus() throws Exception {
        Status status = Status.parse("{\"a\":{\"b\":{\"c\":12,\"address\":\"127.0.0.1:1\"}},\"c\":13}");
        assertThat(status.number("/a/b/c")).isEqualTo(12);
        assertThat(status.text("/a/b/address")).isEqualTo("127.0.0.1:1");
    }
}
