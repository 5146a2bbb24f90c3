package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.AdminServer;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.SourceException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class DescriptorSharesTest {

    private static Settings settings(List<Integer> maxConnections) {
        StringBuilder sources = new StringBuilder();
        for (int i = 0; i < maxConnections.size(); i++) {
            sources.append("  %c: {type: tcp, address: \"127.0.0.1:0\", max-connections: %d}\n"
                    .formatted('a' + i, maxConnections.get(i)));
        }
        // No budget of unfinished lines stands in the way of many connections.
        return SettingsLoader.parse("""
                journal: {unfinished: 16GiB}
                sources:
                %ssinks: {api: {type: http, url: "http://localhost:1/", concurrency: 16}}
                """.formatted(sources), "test.yaml", Path.of("."), List.of(), Map.of());
    }

    private static DescriptorShares shares(int free, Integer... maxConnections) {
        return DescriptorShares.of(settings(List.of(maxConnections)), free, free + 100L);
    }

    @Test
    void shouldLeaveSettingsAloneWhereThereAreEnough() {
        DescriptorShares shares = shares(1 << 20, 10_000, 5);
        assertThat(shares.connections())
                .isEqualTo(Map.of("a", ConnectionShare.usual(10_000), "b", ConnectionShare.usual(5)));
        assertThat(shares.adminConnections()).isEqualTo(AdminServer.CONNECTIONS_MAX);
    }

    @Test
    void shouldDivideWhatThereIs() {
        DescriptorShares shares = shares(4_000, 10_000, 1_000);
        assertThat(shares.connections().get("a").served()).isBetween(2_900, 3_200);
        assertThat(shares.connections().get("b").served()).isBetween(290, 340);
    }

    @Test
    void shouldServeFewerOfEachWhereThereAreMoreSourcesThanUsualSharesFit() {
        DescriptorShares shares = shares(160, 10_000, 10_000, 10_000, 1);
        assertThat(shares.connections().get("a")).isEqualTo(new ConnectionShare(11, 5, 5));
        assertThat(shares.connections().get("c")).isEqualTo(shares.connections().get("a"));
        assertThat(shares.connections().get("d").served()).isEqualTo(1);
    }

    @Test
    void shouldRefuseTheStartWhereNotOneConnectionOfEachFits() {
        assertThat(shares(81, 10, 10, 10).connections()).hasSize(3).allSatisfy((name, share) -> assertThat(share)
                .isEqualTo(new ConnectionShare(1, 0, 2)));
        assertThatThrownBy(() -> shares(80, 10, 10, 10))
                .isInstanceOf(SourceException.class)
                .hasMessage(
                        "no file descriptors are left for one connection of each of the TCP sources (a, b, c), since"
                                + " this process may open only 180 files (ulimit -n); allow at least 181, or set fewer sources");
    }

    /** Whatever all of them do, what journal and sinks need is left. */
    @Property(tries = 300)
    void shouldKeepAReserve(
            @ForAll @Size(min = 1, max = 20) List<@IntRange(min = 1, max = 100_000) Integer> wanted,
            @ForAll @IntRange(max = 3_000) int free) {
        int reserve = 48 + 16;
        if (free < reserve + 8 + ConnectionShare.OPEN_MIN * wanted.size()) {
            assertThatThrownBy(() -> shares(free, wanted.toArray(Integer[]::new)))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContaining(
                            "allow at least " + (100 + reserve + 8 + ConnectionShare.OPEN_MIN * wanted.size()) + ", ");
            return;
        }
        DescriptorShares shares = shares(free, wanted.toArray(Integer[]::new));
        assertThat(shares.connections()).hasSameSizeAs(wanted);
        long used = shares.adminConnections();
        for (ConnectionShare share : shares.connections().values()) {
            used += share.openMax();
        }
        assertThat(used + reserve).isLessThanOrEqualTo(free);
    }

    @Property
    void shouldServeNoMoreThanWantedAndOpenNoMoreThanIsThere(
            @ForAll @IntRange(min = ConnectionShare.OPEN_MIN, max = 2_000_000) int openMax,
            @ForAll @IntRange(min = 1, max = 1_000_000) int wanted) {
        ConnectionShare share = ConnectionShare.within(openMax, wanted);
        assertThat(share.openMax()).isLessThanOrEqualTo(openMax);
        assertThat(share.served()).isBetween(1, wanted);
        if (ConnectionShare.usual(wanted).openMax() <= openMax) {
            assertThat(share.served()).isEqualTo(wanted);
        }
    }
}
