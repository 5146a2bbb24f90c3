package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.JournalId;
import io.decant.ingest.journal.JournalTestData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant journal} as it is called. */
class JournalCommandTest {

    @TempDir
    Path folder;

    private StringWriter out;
    private StringWriter err;
    private Path settings;
    private Path dataDir;

    @BeforeEach
    void write() throws IOException {
        settings = folder.resolve("decant.yaml");
        Files.writeString(settings, """
                data-dir: ./data
                sources:
                  logs: {type: tcp, address: "127.0.0.1:0"}
                journal: {segment-size: 8MiB}
                sinks:
                  api: {type: http, url: "http://localhost:1/"}
                """);
        dataDir = folder.resolve("data");
        JournalTestData.write(dataDir, ChronicleSegmentStore.SEGMENT_BYTES_MIN);
    }

    private int run(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        String[] all = new String[arguments.length + 3];
        all[0] = "journal";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "-c";
        all[arguments.length + 2] = settings.toString();
        return Main.execute(all, new PrintWriter(out), new PrintWriter(err), Map.of());
    }

    @Test
    void shouldSayThatThereIsNoJournal() {
        assertThat(run("inspect", "--set", "data-dir=./elsewhere")).isEqualTo(ExitStatus.FAILED);
        assertThat(out.toString()).isEmpty();
        assertThat(err.toString().lines()).singleElement().asString().contains("no journal under", "elsewhere");
    }

    @Test
    void shouldShowAHealthyJournalBesideARunningServer() {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(run("inspect")).isZero();
            assertThat(out.toString())
                    .contains("journal " + JournalId.text(held.journalId()))
                    .contains("sink api: has batch")
                    .contains("stream logs/a:")
                    .containsPattern(
                            "stream logs/clicks-0: \\d+ records, last .*, to resume at offset \\d+ of topic id AAAAAAAAwRwAAAAAAAAABQ")
                    .contains("uncut: ");
            assertThat(run("verify")).isZero();
            assertThat(out.toString()).startsWith("healthy: 2 segments");
            assertThat(run("repair")).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString().lines()).singleElement().asString().contains("in use by another server");
        }
    }

    @Test
    void shouldShowWhatOnlyFormat2CanSay() throws IOException {
        JournalTestData.writeFormat2(folder.resolve("format2"), ChronicleSegmentStore.SEGMENT_BYTES_MIN, 90_500);
        assertThat(run("inspect", "--set", "data-dir=./format2"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString())
                .startsWith("journal 0000cafe, format 2")
                .containsPattern("stream logs/b: (\\d+) records, last .*, with a cursor of \\d+ bytes")
                .contains("set aside: record ", ": cannot be processed in batch ")
                .containsPattern("import shop: a plan of 6 bytes")
                .contains("import shop: table orders-")
                .contains("time served: 90 s")
                // The shapes of the batches are found by their numbers.
                .doesNotContain("how it is split is lost", "damaged");
        assertThat(run("inspect", "--json", "--set", "data-dir=./format2")).isZero();
        assertThat(out.toString())
                .contains("\"format\":2", "\"servedMillis\":90500", "\"cursor\":\"")
                .contains("\"exclusions\":[{\"batch\":", "\"shapeLost\":false")
                .doesNotContain("\"shapeLost\":true");
        assertThat(run("verify", "--set", "data-dir=./format2")).isZero();
    }

    @Test
    void shouldSayWhatIsLostAndRepairIt() throws IOException {
        JournalTestData.damageUndelivered(dataDir);
        assertThat(run("verify")).isEqualTo(ExitStatus.FAILED);
        assertThat(out.toString())
                .contains("damaged: ", ".cq4 at offset ", "lost: stream logs/a, records ")
                .contains("'decant run' would refuse: journal: ");
        assertThat(err.toString()).isEmpty();
        assertThat(run("repair", "--dry-run")).isZero();
        assertThat(out.toString()).contains("would keep the whole damaged journal under salvage");
        assertThat(run("verify", "--json")).isEqualTo(ExitStatus.FAILED);
        assertThat(out.toString())
                .startsWith("{\"id\":\"0000cafe\"")
                .contains("\"healthy\":false", "\"lost\":{\"records\":");
        assertThat(run("repair")).isZero();
        assertThat(out.toString()).contains("lost: ", "is kept whole as ", "repaired: journal ");
        assertThat(run("verify")).isZero();
        assertThat(run("repair", "--json")).isZero();
        assertThat(out.toString()).contains("\"done\":[]");
    }

    @Test
    void shouldGiveTheJournalANewId() throws IOException {
        assertThat(run("new-id")).as(err.toString()).isZero();
        String id = Files.readString(dataDir.resolve("journal/id")).strip();
        assertThat(id).isNotEqualTo("0000cafe");
        assertThat(out.toString().lines())
                .startsWith("old journal id: 0000cafe", "new journal id: " + id)
                .anySatisfy(line -> assertThat(line)
                        .isEqualTo("the old journal is kept whole as " + dataDir.resolve("salvage/journal-0000cafe")))
                .anySatisfy(line -> assertThat(line)
                        .startsWith("undelivered: ")
                        .endsWith("they are delivered under new idempotency keys"))
                .endsWith("requests that were sent before may be sent again under new keys, and receivers cannot tell"
                        + " them from new ones");
        assertThat(run("verify")).isZero();
        assertThat(run("new-id", "--json")).isZero();
        assertThat(out.toString())
                .startsWith("{\"id\":\"" + id + "\"")
                .contains("\"newId\":\""
                        + Files.readString(dataDir.resolve("journal/id")).strip() + "\"");
    }

    @Test
    void shouldGiveNoNewIdBesideARunningServerToADamagedJournalOrToNone() throws IOException {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(run("new-id")).isEqualTo(ExitStatus.FAILED);
            assertThat(out.toString()).isEmpty();
            assertThat(err.toString().lines()).singleElement().asString().contains("in use by another server");
        }
        assertThat(run("new-id", "--set", "data-dir=./elsewhere")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().contains("no journal under", "elsewhere");
        assertThat(run("new-id", "--dry-run")).isEqualTo(ExitStatus.WRONG_USAGE);
        JournalTestData.damageUndelivered(dataDir);
        assertThat(run("new-id")).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString().lines()).singleElement().asString().contains("is damaged", "decant journal repair");
        assertThat(Files.readString(dataDir.resolve("journal/id")).strip()).isEqualTo("0000cafe");
    }

    @Test
    void shouldAskWhichSubcommand() {
        assertThat(Main.execute(
                        new String[] {"journal"},
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter()),
                        Map.of()))
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }
}
