package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Data directories that released versions have written, each started by this build: it delivers what the release itself
 * delivered from a copy, under the same keys, byte for byte.
 *
 * <p>With {@code -Ddecant.write-golden=true} it writes those of this build's version instead, those that are there
 * already excepted.
 */
class GoldenJournalIT {

    private static final boolean WRITES = Boolean.getBoolean("decant.write-golden");
    private static final int AT_A_TIME = 2;

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME);

    @AfterEach
    void end() {
        threads.shutdownNow();
    }

    @TestFactory
    Stream<DynamicTest> shouldDeliverWhatTheReleaseDelivered() {
        Assumptions.assumeFalse(WRITES);
        List<GoldenDirectory> all = GoldenDirectory.all().stream()
                .filter(golden -> !golden.needsSpark())
                .toList();
        assertThat(all).isNotEmpty();
        List<Future<List<String>>> outcomes = all.stream()
                .map(golden -> threads.submit(() -> outcome(folder, golden)))
                .toList();
        return Stream.iterate(0, i -> i < all.size(), i -> i + 1)
                .map(i -> DynamicTest.dynamicTest(
                        all.get(i).name(), () -> assertThat(outcomes.get(i).get())
                                .containsExactlyElementsOf(all.get(i).expected())));
    }

    /** What this build makes of a copy. */
    static List<String> outcome(Path folder, GoldenDirectory golden) throws Exception {
        try (GoldenWorld world = new GoldenWorld(folder.resolve(golden.name()), GoldenReceiver.TAKES)) {
            golden.unpack(world.folder);
            if (golden.needsBroker()) {
                world.startBroker();
            }
            return GoldenOutcome.of(world, golden.options(), golden.expected());
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldWriteThoseOfThisVersion() {
        Assumptions.assumeTrue(WRITES);
        return GoldenScenes.ALL.stream()
                .map(scene -> DynamicTest.dynamicTest(scene.name(), () -> {
                    GoldenDirectory golden = GoldenDirectory.of(System.getProperty("decant.version"), scene.name());
                    if (!golden.isWhole()) {
                        write(scene, golden);
                    }
                }));
    }

    private void write(GoldenScenes.Scene scene, GoldenDirectory golden) throws Exception {
        try (GoldenWorld world =
                new GoldenWorld(folder.resolve(scene.name()).resolve("written"), GoldenReceiver.TAKES)) {
            scene.writer().write(world);
            golden.pack(world.folder, scene.options());
        }
        try (GoldenWorld copy = new GoldenWorld(folder.resolve(scene.name()).resolve("copy"), GoldenReceiver.TAKES)) {
            golden.unpack(copy.folder);
            if (golden.needsBroker()) {
                copy.startBroker();
            }
            golden.expect(GoldenOutcome.first(copy, scene.options()));
        }
    }
}
