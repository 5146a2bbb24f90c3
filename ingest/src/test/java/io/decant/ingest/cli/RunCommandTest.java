package io.decant.ingest.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What keeps {@code decant run} from running. */
class RunCommandTest {
    private final StringWriter err = new StringWriter();

    @TempDir
    Path temp;

    @BeforeEach
    void writeSettings() throws IOException {
        Files.writeString(temp.resolve("decant.yaml"), """
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                sinks: {api: {type: http, url: "http://127.0.0.1:1/"}}
                admin: {address: "127.0.0.1:0"}
                """, UTF_8);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--replay api",
                "--from-batch 1",
                "--to-batch 1",
                "--replay api --to-batch 2",
                "--replay api --from-batch x",
                "--replay api --from-batch 0",
                "--replay api --from-batch 3 --to-batch 2"
            })
    void shouldTakeAReplayOnlyWithARangeOfBatches(String options) {
        assertThat(run(options)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("decant: ");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--until-imported", "--replan orders"})
    void shouldTakeOptionsOfImportsOnlyWhereThereAreSome(String options) {
        assertThat(run(options)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().startsWith("decant: --");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    /** Increments as well as imports: a source beside them never ends. */
    @Test
    void shouldNotEndBesideASourceThatReadsOn() throws IOException {
        Path settings = temp.resolve("decant.yaml");
        Files.writeString(
                settings,
                Files.readString(settings)
                        .replace(
                                "sources: {",
                                "sources: {shop: {type: mysql, max-record: 1MiB, address: \"127.0.0.1:1\", database: shop, user: decant, tables:"
                                        + " {orders: {incremental: append, check-column: id}}}, "));
        assertThat(run("--until-imported")).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines())
                .singleElement()
                .asString()
                .contains("--until-imported is for sources that end; source logs of type tcp");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @Test
    void shouldEndInOneLineWhereThereIsNothingToReplay() {
        assertThat(run("--replay api --from-batch 1")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines())
                .filteredOn(line -> line.startsWith("decant: "))
                .singleElement()
                .asString()
                .contains("cannot replay from batch 1 for sink 'api'", "after the last one", "which is 0");
    }

    private int run(String options) {
        List<String> arguments =
                new ArrayList<>(List.of("run", "-c", temp.resolve("decant.yaml").toString()));
        arguments.addAll(List.of(options.split(" ")));
        Console captured = Console.captured(new PrintWriter(new StringWriter()), new PrintWriter(err), Map.of());
        return Main.execute(arguments.toArray(String[]::new), captured, List.of(new RunCommand(captured)));
    }
}
