package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.SettingsLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What earlier settings have left in the places where batches are staged. */
class EarlierStagingTest {

    private static final String ID = "0123abcd";

    @TempDir
    Path temp;

    @Test
    void shouldNameWhatWasStagedUnderAnotherNameOrInAnotherPlace() throws IOException {
        Path first = staged("staging", "edge-" + ID);
        assertThat(look("edge", "staging")).isEmpty();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(places())))
                .isEqualTo("rw-------");

        // Another journal's is its own business.
        staged("staging", "edge-ffffffff");
        assertThat(look("core", "staging")).singleElement().asString().endsWith("'rm -r " + first + "'");
        Path second = staged("staging", "core-" + ID);
        assertThat(look("core", "two words"))
                .hasSize(2)
                .anyMatch(line -> line.endsWith("'rm -r " + first + "'"))
                .anyMatch(line -> line.endsWith("'rm -r " + second + "'"));

        Files.delete(first.resolve("batch"));
        Files.delete(first);
        assertThat(look("core", "two words")).hasSize(1);
        Files.delete(second.resolve("batch"));
        Files.delete(second);
        assertThat(look("core", "two words")).isEmpty();
        Path third = staged("two words", "core-" + ID);
        assertThat(look("core", "staging")).singleElement().asString().endsWith("'rm -r \"" + third + "\"'");
    }

    @Test
    void shouldNameItAlsoWhereNothingIsStagedAnyMore() throws IOException {
        Path first = staged("staging", "edge-" + ID);
        look("edge", "staging");
        assertThat(look("edge", "off")).singleElement().asString().contains("rm -r " + first);
        Files.delete(first.resolve("batch"));
        Files.delete(first);
        assertThat(look("edge", "off")).isEmpty();
        assertThat(places()).doesNotExist();
    }

    @Test
    void shouldFindWhatAVersionBeforeHasLeftUnderAnotherName() throws IOException {
        Path first = staged("staging", "edge-" + ID);
        assertThat(look("core", "staging")).singleElement().asString().contains("rm -r " + first);
    }

    @Test
    void shouldSayWhatToDoWhereHdfsCannotBeAsked() throws IOException {
        Files.createDirectories(temp.resolve("data"));
        Files.writeString(places(), "hdfs://nowhere.invalid:8020/staging/edge-" + ID + "\n");
        assertThat(look("edge", "staging"))
                .singleElement()
                .asString()
                .contains("cannot be checked now")
                .endsWith("'hdfs dfs -rm -r hdfs://nowhere.invalid:8020/staging/edge-" + ID + "'");
    }

    private Path places() {
        return temp.resolve("data/staging.places");
    }

    private Path staged(String staging, String owner) throws IOException {
        Path directory = Files.createDirectories(temp.resolve(staging).resolve(owner));
        Files.writeString(directory.resolve("batch"), "");
        return directory;
    }

    /** Looks as a server with these settings would at its start; what it says. */
    private List<String> look(String name, String staging) throws IOException {
        Files.createDirectories(temp.resolve("data"));
        String yaml = """
                name: %s
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                sinks: {api: {type: http, url: "http://127.0.0.1:1/"}}
                offload: {above: %s, staging: "%s"}
                """.formatted(name, staging.equals("off") ? "off" : "1MiB", staging);
        Logger logger = (Logger) LoggerFactory.getLogger(EarlierStaging.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        logger.setLevel(Level.WARN);
        try {
            new EarlierStaging(SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of()), ID).look();
        } finally {
            logger.detachAppender(logged);
            logger.setLevel(null);
        }
        return logged.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}
