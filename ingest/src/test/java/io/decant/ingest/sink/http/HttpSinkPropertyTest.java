package io.decant.ingest.sink.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.decant.ingest.sink.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/** Whatever happens to requests, and wherever the sink is restarted, the receiver ends up with the batch. */
class HttpSinkPropertyTest {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(HttpSink.class);

    @BeforeContainer
    static void hushTheLinesOfThousandsOfOutages() {
        LOGGER.setLevel(Level.ERROR);
    }

    @AfterContainer
    static void speakAgain() {
        LOGGER.setLevel(null);
    }

    @Property(tries = 2000)
    void shouldDeliverTheBatchWhateverHappens(
            @ForAll("batches") List<String> records,
            @ForAll @IntRange(min = 1, max = 6) int maxRecords,
            @ForAll @IntRange(min = 1, max = 20) int maxBytes,
            @ForAll @IntRange(min = 1, max = 5) int concurrency,
            @ForAll long seed) {
        try (SinkDriver driver = new SinkDriver(records, maxRecords, maxBytes, concurrency, new Random(seed))) {
            for (int event = 0; event < 300 && !driver.delivered(); event++) {
                driver.anyEvent();
            }
            driver.deliverTheRest();
            driver.checkEnd();
        }
    }

    /** Resuming at every boundary there is, one after the other, makes the very same requests. */
    @Property(tries = 200)
    void shouldMakeTheSamePartsFromAnyBoundary(
            @ForAll("batches") List<String> records,
            @ForAll @IntRange(min = 1, max = 6) int maxRecords,
            @ForAll @IntRange(min = 1, max = 20) int maxBytes) {
        try (SinkDriver driver = new SinkDriver(records, maxRecords, maxBytes, 2, new Random(0))) {
            driver.deliverTheRest();
            for (Progress boundary : new ArrayList<>(driver.boundaries())) {
                driver.restartAt(boundary);
                driver.deliverTheRest();
            }
            driver.checkEnd();
        }
    }

    @Provide
    Arbitrary<List<String>> batches() {
        Arbitrary<String> few =
                Arbitraries.strings().withChars("abc").ofMinLength(0).ofMaxLength(2);
        Arbitrary<String> longer =
                Arbitraries.strings().withCharRange('a', 'z').ofMinLength(0).ofMaxLength(30);
        return Arbitraries.frequencyOf(Tuple.of(4, few), Tuple.of(1, longer))
                .list()
                .ofMinSize(1)
                .ofMaxSize(60);
    }
}
