package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code decant journal new-id} on data directories with something undelivered, and the server that goes on from there.
 */
class JournalNewIdIT {

    private static final String VERSION = "0.1.0";
    private static final int COMMAND_SECONDS_MAX = 60;

    @TempDir
    Path folder;

    /**
     * The same requests as without it, each under a key with the new id: undelivered batches, pieces of a part that was
     * split, counts of sessions, the offset of a partition, dead letters that are half-way back.
     */
    @ParameterizedTest
    @ValueSource(strings = {"split", "sessions", "kafka", "dead-letter-replay"})
    @Timeout(value = 180, unit = TimeUnit.SECONDS)
    void shouldDeliverAllThatIsUndeliveredUnderNewKeys(String scene) throws Exception {
        GoldenDirectory golden = GoldenDirectory.of(VERSION, scene);
        try (GoldenWorld world = new GoldenWorld(folder.resolve(scene), GoldenReceiver.TAKES)) {
            golden.unpack(world.folder);
            if (golden.needsBroker()) {
                world.startBroker();
            }
            Path out = world.folder.resolve("new-id.json");
            Process command = world.command(out, "journal", "new-id", "--json");
            assertThat(command.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
            assertThat(command.exitValue()).isZero();
            JsonObject said = new JsonObject(Files.readString(out));
            String old = said.getString("id");
            String now = said.getString("newId");
            assertThat(now).isNotEqualTo(old);

            List<String> expected = golden.expected().stream()
                    .map(line -> isFiledBefore(line) ? line : line.replace(old, now))
                    .sorted()
                    .toList();
            assertThat(GoldenOutcome.of(world, List.of(), golden.expected())).containsExactlyElementsOf(expected);
        }
    }

    /** A letter that was there before says of which journal it came. */
    private static boolean isFiledBefore(String line) {
        return line.startsWith("letter ") && line.contains("\"sink\":\"other\"");
    }
}
