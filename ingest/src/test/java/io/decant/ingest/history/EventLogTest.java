package io.decant.ingest.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventLogTest {

    private final EventLog log = new EventLog("beef");

    private void happen(int times) {
        for (int i = 0; i < times; i++) {
            log.append("sink-state", "{}");
        }
    }

    @Test
    void shouldNumberEventsAsFramesOfAStream() {
        log.append("sink-state", "{\"sink\":\"api\"}");
        log.append("source-state", "{}");
        assertThat(new String(log.begin("beef-0").frames(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(new String(log.read(1, 1_000).orElseThrow().frames(), StandardCharsets.UTF_8))
                .isEqualTo("""
                id: beef-1
                event: sink-state
                data: {"sink":"api"}

                id: beef-2
                event: source-state
                data: {}

                """);
        assertThat(log.lastId()).isEqualTo("beef-2");
    }

    @Test
    void shouldBeginWithWhatComesNextForAReaderThatHadNothing() {
        happen(3);
        EventLog.Piece begin = log.begin("");
        assertThat(begin.frames()).isEmpty();
        assertThat(log.read(begin.next(), 1_000).orElseThrow().frames()).isEmpty();
        log.append("sink-state", "{}");
        assertThat(ToldEvent.from(log, begin)).extracting(ToldEvent::id).containsExactly("beef-4");
    }

    @Test
    void shouldGoOnBehindTheLastEventOfAReader() {
        happen(5);
        assertThat(ToldEvent.from(log, log.begin("beef-2")))
                .extracting(ToldEvent::id)
                .containsExactly("beef-3", "beef-4", "beef-5");
        assertThat(ToldEvent.from(log, log.begin("beef-5"))).isEmpty();
    }

    @Test
    void shouldSayHowManyAReaderMissedThatComesBackTooLate() {
        log.begin("", 6);
        log.begin("api", 4);
        log.append("batch-submitted", "{}", "", 7);
        log.append("batch-completed", "{}", "api", 5);
        happen(EventLog.EVENTS_MAX);
        log.append("batch-completed", "{}", "api", 6);

        List<ToldEvent> told = ToldEvent.from(log, log.begin("beef-1"));

        // All but the last 1,000 are gone, of which the reader had one.
        assertThat(told).hasSize(1 + EventLog.EVENTS_MAX);
        assertThat(told.get(0).name()).isEqualTo("gap");
        assertThat(told.get(0).id()).isEqualTo("beef-3");
        assertThat(told.get(0).data().getLong("missed")).isEqualTo(2);
        assertThat(told.get(0).data().getString("reason")).isEqualTo("overrun");
        assertThat(told.get(0).data().getLong("submitted")).isEqualTo(7);
        assertThat(told.get(0).data().getJsonObject("completed").getMap()).containsOnly(Map.entry("api", 5));
        assertThat(told.get(1).id()).isEqualTo("beef-4");
        assertThat(ToldEvent.from(log, log.begin("beef-3"))).hasSize(EventLog.EVENTS_MAX);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dead-3",
                "beef-4",
                "beef-",
                "beef",
                "beef-x",
                "beef--1",
                "beef-1 ",
                "beef-99999999999999999999",
                "\u0000",
                "-1"
            })
    void shouldSayThatNobodyKnowsWhatFollowedAnIdOfAnotherProcess(String id) {
        log.begin("", 6);
        log.begin("api", 4);
        happen(3);

        List<ToldEvent> told = ToldEvent.from(log, log.begin(id));

        assertThat(told).extracting(ToldEvent::id).containsExactly("beef-0", "beef-1", "beef-2", "beef-3");
        assertThat(told.get(0).data().encode())
                .isEqualTo("{\"missed\":null,\"reason\":\"restart\",\"submitted\":6,\"completed\":{\"api\":4}}");
        // The gap is told once.
        assertThat(ToldEvent.from(log, log.begin("beef-0")))
                .extracting(ToldEvent::name)
                .doesNotContain("gap");
    }

    @Test
    void shouldTellInPassingOfAnEventThatThereWasNoRoomFor() {
        log.append("batch-completed", "{}", "api", 5);
        log.missed("api", 6);
        List<ToldEvent> told = ToldEvent.from(log, log.begin("beef-0"));
        assertThat(told).extracting(ToldEvent::name).containsExactly("batch-completed", "gap");
        assertThat(told.get(1).data().encode())
                .isEqualTo("{\"missed\":1,\"reason\":\"overrun\",\"submitted\":0,\"completed\":{\"api\":6}}");
    }

    @Test
    void shouldKeepNoMoreThanItsBytesHoweverLargeEventsAre() {
        String large = "{\"lastError\":\"" + "x".repeat(20_000) + "\"}";
        for (int i = 0; i < 200; i++) {
            log.append("sink-state", large);
            assertThat(log.bytes()).isLessThanOrEqualTo(EventLog.BYTES_MAX);
        }
        assertThat(log.size()).isBetween(40, 60);
        EventLog.Piece piece = log.read(200, 1_000).orElseThrow();
        assertThat(piece.frames().length).as("one that is longer comes alone").isGreaterThan(20_000);
    }

    @Test
    void shouldTellOfEachEventOnce() {
        AtomicInteger told = new AtomicInteger();
        log.onAppended(told::incrementAndGet);
        happen(3);
        log.missed("api", 1);
        assertThat(told).hasValue(4);
    }

    /** Readers that come and go, each with the last id that it had: each event once, or counted in a gap. */
    @Property(tries = 30)
    void shouldLeaveNoReaderWithoutAnEventThatIsNotSaid(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 40) int burst) {
        Random random = new Random(seed);
        EventLog events = new EventLog("a");
        int happened = 0;
        long had = 0;
        long missed = 0;
        List<Long> told = new ArrayList<>();
        for (int turn = 0; turn < 100; turn++) {
            int more = random.nextInt(4) == 0 ? random.nextInt(50 * burst) : random.nextInt(burst);
            for (int i = 0; i < more; i++) {
                events.append("sink-state", "{\"number\":" + ++happened + "}");
            }
            if (random.nextInt(3) == 0) {
                for (ToldEvent event : ToldEvent.from(events, events.begin("a-" + had))) {
                    had = Long.parseLong(event.id().substring(2));
                    if (event.name().equals("gap")) {
                        missed += event.data().getLong("missed");
                    } else {
                        told.add(event.data().getLong("number"));
                    }
                    assertThat(told.size() + missed).isEqualTo(had);
                }
                assertThat(had).isEqualTo(happened);
            }
        }
        assertThat(told).doesNotHaveDuplicates().isSorted();
        assertThat(events.size()).isLessThanOrEqualTo(EventLog.EVENTS_MAX);
    }
}
