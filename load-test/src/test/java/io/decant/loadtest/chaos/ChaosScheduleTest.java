package io.decant.loadtest.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChaosScheduleTest {

    private static final long HOUR = TimeUnit.HOURS.toMillis(1);

    @Test
    void shouldBeTheSameForTheSameSeed() {
        assertThat(ChaosSchedule.of(7, HOUR).events())
                .isEqualTo(ChaosSchedule.of(7, HOUR).events())
                .hasSizeGreaterThan(200);
    }

    @Test
    void shouldBeAnotherForAnotherSeed() {
        Set<List<ChaosEvent>> all = LongStream.range(0, 20)
                .mapToObj(seed -> ChaosSchedule.of(seed, HOUR).events())
                .collect(Collectors.toSet());
        assertThat(all).hasSize(20);
    }

    @Test
    void shouldDealEachKindWithinMinutes() {
        for (long seed = 0; seed < 50; seed++) {
            Set<EventKind> kinds = ChaosSchedule.of(seed, TimeUnit.MINUTES.toMillis(10)).events().stream()
                    .map(ChaosEvent::kind)
                    .collect(Collectors.toCollection(() -> EnumSet.noneOf(EventKind.class)));
            assertThat(kinds).as("seed %d", seed).isEqualTo(EnumSet.allOf(EventKind.class));
        }
    }

    @Test
    void shouldUpgradeOnceAndEndInTime() {
        for (long seed = 0; seed < 50; seed++) {
            List<ChaosEvent> events = ChaosSchedule.of(seed, HOUR).events();
            assertThat(events)
                    .filteredOn(event -> event.kind() == EventKind.UPGRADE)
                    .hasSize(1);
            assertThat(events).isSortedAccordingTo((one, other) -> Long.compare(one.atMillis(), other.atMillis()));
            assertThat(events).allMatch(event -> event.atMillis() + event.lastsMillis() < HOUR);
        }
    }
}
