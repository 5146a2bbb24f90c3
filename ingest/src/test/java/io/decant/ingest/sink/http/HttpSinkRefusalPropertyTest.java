package io.decant.ingest.sink.http;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Whatever a receiver refuses, whole or item by item, and wherever the sink crashes: each record is delivered exactly
 * once, as a receiver sees it that honours the keys, or is among the dead letters.
 */
class HttpSinkRefusalPropertyTest {

    private static final Logger LOGGER = (Logger) LoggerFactory.getLogger(HttpSink.class);

    @BeforeContainer
    static void hushTheLinesOfThousandsOfOutages() {
        LOGGER.setLevel(Level.ERROR);
    }

    @AfterContainer
    static void speakAgain() {
        LOGGER.setLevel(null);
    }

    @Property(tries = 1500)
    void shouldDeliverOrBuryEachRecordOnce(
            @ForAll @IntRange(min = 1, max = 60) int count,
            @ForAll @IntRange(max = 100) int badPercent,
            @ForAll @IntRange(min = 1, max = 20) int maxRecords,
            @ForAll boolean itemwise,
            @ForAll boolean json,
            @ForAll long seed) {
        Random random = new Random(seed);
        List<String> records = new ArrayList<>();
        Set<String> bad = new HashSet<>();
        for (int i = 0; i < count; i++) {
            String record = Integer.toString(100 + random.nextInt(2 * count));
            boolean notJson = json && random.nextInt(5) == 0;
            records.add(notJson ? "!" + record : record);
            if (!notJson && random.nextInt(100) < badPercent) {
                bad.add(record);
            }
        }
        try (RefusalDriver driver = new RefusalDriver(
                records, bad, itemwise, json ? "json" : "lines", maxRecords, 4 + random.nextInt(100), random)) {
            for (int event = 0; event < 400 && !driver.delivered(); event++) {
                driver.anyEvent();
            }
            driver.deliverTheRest();
            driver.checkEnd();
        }
    }
}
