package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.AdminServer;
import io.decant.ingest.source.ConnectionLimit;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class DescriptorSharesTest {

    private static Settings settings(int first, int second) {
        return SettingsLoader.parse("""
                sources:
                  a: {type: tcp, address: "127.0.0.1:0", max-connections: %d}
                  b: {type: tcp, address: "127.0.0.1:0", max-connections: %d}
                sinks: {api: {type: http, url: "http://localhost:1/", concurrency: 16}}
                """.formatted(first, second), "test.yaml", Path.of("."), List.of(), Map.of());
    }

    @Test
    void shouldLeaveSettingsAloneWhereThereAreEnough() {
        DescriptorShares shares = DescriptorShares.of(settings(10_000, 5), 1 << 20);
        assertThat(shares.maxConnections()).isEqualTo(Map.of("a", 10_000, "b", 5));
        assertThat(shares.adminConnections()).isEqualTo(AdminServer.CONNECTIONS_MAX);
    }

    @Test
    void shouldDivideWhatThereIs() {
        DescriptorShares shares = DescriptorShares.of(settings(10_000, 1_000), 4_000);
        assertThat(shares.maxConnections().get("a")).isBetween(2_900, 3_200);
        assertThat(shares.maxConnections().get("b")).isBetween(290, 340);
    }

    /** Whatever all of them do, what journal and sinks need is left. */
    @Property
    void shouldKeepAReserve(
            @ForAll @IntRange(min = 1, max = 1_000_000) int first,
            @ForAll @IntRange(min = 1, max = 1_000_000) int second,
            @ForAll @IntRange(min = 180, max = 2_000_000) int free) {
        DescriptorShares shares = DescriptorShares.of(settings(first, second), free);
        long used = shares.adminConnections();
        for (int connections : shares.maxConnections().values()) {
            assertThat(connections).isPositive();
            used += ConnectionLimit.openMax(connections);
        }
        assertThat(free - used).isGreaterThanOrEqualTo(48 + 16);
    }
}
