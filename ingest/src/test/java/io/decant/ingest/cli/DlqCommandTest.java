package io.decant.ingest.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PrintableText;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code decant dlq list} as it is called. */
class DlqCommandTest {

    @TempDir
    Path folder;

    private StringWriter out;
    private StringWriter err;
    private Path settings;
    private Path letters;

    @BeforeEach
    void write() throws IOException {
        settings = folder.resolve("decant.yaml");
        Files.writeString(settings, """
                data-dir: ./data
                sources:
                  logs: {type: tcp, address: "127.0.0.1:0"}
                sinks:
                  api: {type: http, url: "http://localhost:1/"}
                """);
        letters = folder.resolve("data/dlq");
    }

    private void fill() throws IOException {
        Files.createDirectories(letters);
        Files.writeString(letters.resolve("2026-11-20.ndjson"), """
                {"time":"2026-11-20T10:00:00.000Z","journal":"0badcafe","sink":"api","batch":1,"bucket":0,"ordinal":4,\
                "reason":"refused","status":422,"answer":"no\\nway","record":"a\\tb"}
                {"time":"2026-11-20T11:00:00.000Z","journal":"0badcafe","sink":null,"batch":1,"bucket":null,"ordinal":0,\
                "reason":"missing-key","status":null,"answer":"","record-base64":"//4="}
                """);
        Files.writeString(letters.resolve("2026-11-21.ndjson"), """
                {"time":"2026-11-21T10:00:00.000Z","journal":"0badcafe","sink":"archive","batch":2,"bucket":1,"ordinal":9,\
                "reason":"not-json","status":null,"answer":"","record":"\\u001b[31mred"}
                {"time":"2026-11-21T10:00:00.001Z","journal":"0badcafe","sink":"api","batch":2,"bucket":3,"ordinal":0,\
                "reason":"refused","status":400,"answer":"","record":"b"}
                """);
    }

    private int list(String... arguments) {
        out = new StringWriter();
        err = new StringWriter();
        String[] all = new String[arguments.length + 4];
        all[0] = "dlq";
        all[1] = "list";
        System.arraycopy(arguments, 0, all, 2, arguments.length);
        all[arguments.length + 2] = "-c";
        all[arguments.length + 3] = settings.toString();
        return Main.execute(all, new PrintWriter(out), new PrintWriter(err), Map.of());
    }

    @Test
    void shouldSayThatThereAreNone() {
        assertThat(list()).isZero();
        assertThat(out.toString()).isEqualTo("no such dead letters under " + letters + System.lineSeparator());
        assertThat(letters).doesNotExist();
    }

    @Test
    void shouldCountThemAndShowTheNewestALineEach() throws IOException {
        fill();
        assertThat(list()).isZero();
        assertThat(out.toString().lines())
                .containsExactly(
                        "sink                     reason                  letters",
                        "(none)                   missing-key                   1",
                        "api                      refused                       2",
                        "archive                  not-json                      1",
                        "",
                        "2026-11-20T10:00:00Z api batch 1 bucket 0 ordinal 4 refused 422 (no\\nway): a\\tb",
                        "2026-11-20T11:00:00Z (none) batch 1 ordinal 0 missing-key: \\xff\\xfe",
                        "2026-11-21T10:00:00Z archive batch 2 bucket 1 ordinal 9 not-json: \\x1b[31mred",
                        "2026-11-21T10:00:00.001Z api batch 2 bucket 3 ordinal 0 refused 400: b");
        assertThat(list("--limit", "1")).isZero();
        assertThat(out.toString().lines())
                .endsWith(
                        "",
                        "... 3 older, see --limit",
                        "2026-11-21T10:00:00.001Z api batch 2 bucket 3 ordinal 0 refused 400: b");
        assertThat(list("--limit", "0")).isZero();
        assertThat(out.toString().lines()).hasSize(4);
    }

    @Test
    void shouldShowWhatDoesNotShow() throws IOException {
        String tricky = "\u202e\u0085\u200b\ufeff\u2028\u007f";
        Files.createDirectories(letters);
        String letter = """
                {"time":"2026-11-20T10:00:00.000Z","journal":"0badcafe","sink":"ap@","batch":1,"bucket":0,"ordinal":4,\
                "reason":"refused","status":422,"answer":"no@","record":"a@","key":"k@","offset":900,"timestamp":1}
                """.replace("@", tricky);
        Files.writeString(letters.resolve("2026-11-20.ndjson"), letter);

        assertThat(list("--json")).isZero();
        assertThat(out.toString().codePoints()).allMatch(c -> c == '\n' || PrintableText.isPrintable(c));
        JsonObject listed = new JsonObject(out.toString());
        assertThat(listed.getJsonArray("newest").getJsonObject(0)).isEqualTo(new JsonObject(letter));
        assertThat(listed.getJsonArray("counts").getJsonObject(0).getString("sink"))
                .isEqualTo("ap" + tricky);

        assertThat(list()).isZero();
        assertThat(out.toString().codePoints()).allMatch(c -> c == '\n' || PrintableText.isPrintable(c));
        assertThat(list("--set", "data-dir=" + folder + "/no\u202ewhere")).isZero();
        assertThat(out.toString()).contains("no\\u202ewhere").hasLineCount(1);
    }

    @Test
    void shouldShowTheKeyAndTheOffsetOfARecordThatHasThem() throws IOException {
        Files.createDirectories(letters);
        Files.writeString(letters.resolve("2026-11-20.ndjson"), """
                {"time":"2026-11-20T10:00:00.000Z","journal":"0badcafe","sink":"api","batch":1,"bucket":0,"ordinal":4,\
                "reason":"newline-in-record","status":null,"answer":"","record":"a\\nb","key":"k\\u001b","offset":900,"timestamp":1}
                {"time":"2026-11-20T11:00:00.000Z","journal":"0badcafe","sink":"api","batch":1,"bucket":0,"ordinal":5,\
                "reason":"tombstone","status":null,"answer":"","record":null,"key":null,"topic":"clicks","partition":3,"offset":901,"timestamp":1}
                """);
        assertThat(list()).isZero();
        assertThat(out.toString().lines())
                .endsWith(
                        "2026-11-20T10:00:00Z api batch 1 bucket 0 ordinal 4 newline-in-record offset 900 key k\\x1b: a\\nb",
                        "2026-11-20T11:00:00Z api batch 1 bucket 0 ordinal 5 tombstone topic clicks partition 3 offset 901: (tombstone)");
    }

    @ParameterizedTest
    @CsvSource({
        "--sink, api, 2",
        "--sink, '', 1",
        "--reason, not-json, 1",
        "--batch, 1, 2",
        "--batch, 3, 0",
        "--since, 2026-11-21, 2",
        "--since, 2026-11-20T11:00:00Z, 3",
        "--since, 2026-11-20T12:00:00+01:00, 3"
    })
    void shouldShowThoseThatAreAskedFor(String option, String value, int expected) throws IOException {
        fill();
        assertThat(list(option, value, "--json")).isZero();
        JsonObject json = new JsonObject(out.toString());
        assertThat(json.getLong("letters")).isEqualTo(expected);
        assertThat(json.getJsonArray("newest")).hasSize(expected);
    }

    @Test
    void shouldGiveProgramsTheLettersAsTheyAreKept() throws IOException {
        fill();
        assertThat(list("--json", "--limit", "2")).isZero();
        JsonObject json = new JsonObject(out.toString());
        assertThat(json.getJsonArray("counts").encode())
                .isEqualTo("[{\"sink\":null,\"reason\":\"missing-key\",\"letters\":1},"
                        + "{\"sink\":\"api\",\"reason\":\"refused\",\"letters\":2},"
                        + "{\"sink\":\"archive\",\"reason\":\"not-json\",\"letters\":1}]");
        assertThat(json.getJsonArray("newest").getJsonObject(0).getMap())
                .containsEntry("sink", "archive")
                .containsEntry("record", "\u001b[31mred");
        assertThat(out.toString().lines()).hasSize(1);
    }

    @Test
    void shouldReadBesideAServerThatIsWriting() throws IOException {
        fill();
        Files.write(
                letters.resolve("2026-11-21.ndjson"),
                "{\"time\":\"2026-11-21T10:0".getBytes(UTF_8),
                StandardOpenOption.APPEND);
        assertThat(list("--limit", "0")).isZero();
        assertThat(out.toString()).doesNotContain("damaged");
        Files.write(letters.resolve("2026-11-21.ndjson"), "\n".getBytes(UTF_8), StandardOpenOption.APPEND);
        assertThat(list("--limit", "0")).isZero();
        assertThat(out.toString()).contains("damaged lines: 1, the first at ", "2026-11-21.ndjson:3");
    }

    @ParameterizedTest
    @CsvSource({
        "--reason, rude, 'none of refused, not-json, newline-in-record, tombstone, missing-key'",
        "--since, yesterday, '2026-11-21T10:00:00Z'",
        "--limit, -1, 'less than 0'",
        "--batch, x, --batch"
    })
    void shouldRefuseWhatMeansNothing(String option, String value, String expected) {
        assertThat(list(option, value)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString().lines()).singleElement().asString().contains(expected);
    }

    @Test
    void shouldAskWhichSubcommand() {
        assertThat(Main.execute(
                        new String[] {"dlq"},
                        new PrintWriter(new StringWriter()),
                        new PrintWriter(new StringWriter()),
                        Map.of()))
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }
}
