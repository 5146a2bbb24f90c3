package io.decant.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SourceUserSettings;
import io.decant.ingest.journal.StreamId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What a user's streams are called, and what it counts for. */
class SourceUserTest {

    private final SourceCounters all = new SourceCounters();

    private SourceUser user(String name) {
        return new SourceUser(name, SourceUserSettings.of("token"), all);
    }

    @Test
    void shouldGiveEachUserSessionsOfItsOwn() {
        assertThat(user("edge-7").session("s")).isEqualTo("edge-7/s");
        assertThat(user("edge-8").session("s")).isNotEqualTo(user("edge-7").session("s"));
        // As SESSION and Decant-Session take them.
        assertThat(user("edge-7").session("s")).doesNotMatch(Pattern.compile("[A-Za-z0-9._-]{1,128}"));
    }

    @Test
    void shouldGiveEachUserKeysOfItsOwn() {
        List<String> keys = List.of("a", "b", "b a", "edge-7 a", "a ".repeat(127), "x".repeat(255), "y".repeat(255));
        Set<String> names = new HashSet<>();
        for (String key : keys) {
            names.add(StreamId.REQUEST_PREFIX + key);
            for (String user : List.of("a", "b", "edge-7", "u".repeat(64))) {
                String name = user(user).request(key);
                assertThat(name)
                        .startsWith(StreamId.REQUEST_PREFIX)
                        .as("no key that a sender can give begins with a blank")
                        .startsWith(StreamId.REQUEST_PREFIX + " ");
                assertThat(name.length()).isLessThanOrEqualTo(StreamId.NAME_BYTES_MAX);
                assertThat(user(user).request(key)).isEqualTo(name);
                names.add(name);
            }
        }

        assertThat(names).as("all of them differ").hasSize(keys.size() * 5);
    }

    @Test
    void shouldHaveRoomForTheLongestNames() {
        assertThat(user("u".repeat(64)).session("s".repeat(128)).length()).isLessThanOrEqualTo(StreamId.NAME_BYTES_MAX);
        assertThat(user("u".repeat(64)).request("k".repeat(255)).length()).isLessThanOrEqualTo(StreamId.NAME_BYTES_MAX);
    }

    @Test
    void shouldCountForItsSource() {
        SourceUser user = user("edge-7");
        user.counters().synced(3, 30);
        user.counters().refused();
        user("edge-8").counters().synced(1, 10);

        assertThat(user.counters().records()).isEqualTo(3);
        assertThat(all.records()).isEqualTo(4);
        assertThat(all.bytes()).isEqualTo(40);
        assertThat(all.refusals()).isEqualTo(1);
    }

    @Test
    void shouldHaveAsManyConnectionsAsItMay() {
        SourceUser user = new SourceUser(
                "edge-7", SourceUserSettings.of("token").withLimits(Optional.of(2), Optional.empty()), all);

        assertThat(user.connect()).isTrue();
        assertThat(user.connect()).isTrue();
        assertThat(user.connect()).isFalse();
        user.disconnect();
        assertThat(user.connect()).isTrue();
        assertThat(user.connections()).isEqualTo(2);
    }
}
