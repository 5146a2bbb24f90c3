package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a person reads when settings are wrong, word by word. */
class SettingsErrorsTest {
    /** A file is {@link Yaml#LEAST} and, in line 9, what stands here; {@code |} separates lines. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            nam: x => 9: nam: unknown key; did you mean 'name'?
            zebra: x => 9: zebra: unknown key; known here: admin, batch, bucket, data-dir, dlq, journal, name, offload, shutdown-timeout, sinks, sources
            name: a/b => 9: name: 'a/b' is not a name; write 1 to 64 of A-Z a-z 0-9 . _ -
            name: '' => 9: name: an empty value is not a name; write 1 to 64 of A-Z a-z 0-9 . _ -
            data-dir: '' => 9: data-dir: an empty value is not a path; write . for the folder of the file
            shutdown-timeout: 0s => 9: shutdown-timeout: '0s' is too small; the least is 1ms
            shutdown-timeout: [1s] => 9: shutdown-timeout: a list where a duration is expected
            shutdown-timeout: {a: 1} => 9: shutdown-timeout: a section where a duration is expected
            journal: 5 => 9: journal: a single value where a section is expected
            journal: [] => 9: journal: a list where a section is expected
            journal:|  linger: 5 => 10: journal.linger: '5' is not a duration; write a whole number and ms, s, m, h or d, e.g. 250ms
            journal:|  linger: 2s => 10: journal.linger: '2s' is too large; the most is 1s
            journal:|  segment-size: 9MB => 10: journal.segment-size: '9MB' is not a size; write a whole number and B, KiB, MiB, GiB or TiB, e.g. 64KiB
            journal:|  segment-size: 1MiB => 10: journal.segment-size: '1MiB' is too small; the least is 8MiB
            journal:|  segment-size: 2GiB => 10: journal.segment-size: '2GiB' is too large; the most is 1GiB
            journal:|  max-backlog: 500MiB => 10: journal.max-backlog: '500MiB' does not fit: a backlog of 500MiB is less than 2 segments of 256MiB; set journal.max-backlog to at least 512MiB, or lower journal.segment-size
            journal:|  unfinished: 1KiB => 10: journal.unfinished: '1KiB' does not fit: 1KiB of unfinished lines cannot hold a record of 1MiB; set journal.unfinished to at least 1MiB, or lower sources.logs.max-record
            batch: {interval: 9ms} => 9: batch.interval: '9ms' is too small; the least is 10ms
            batch: {max-records: 1e3} => 9: batch.max-records: '1e3' is not a whole number; write digits only, 1 to 1000000000
            batch: {max-records: 99999999999} => 9: batch.max-records: '99999999999' is too large; the most is 1000000000
            bucket: {key: kafka} => 9: bucket.key: 'kafka' is not a key; write record, kafka-key, json:/pointer, csv:N (from 1) or regex:EXPR (with a group 1)
            bucket: {key: 'csv:0'} => 9: bucket.key: 'csv:0' has no column from 1 to 16384; write csv:1 for the first column
            bucket: {key: 'json:id'} => 9: bucket.key: 'json:id' has a JSON pointer that does not begin with /; write e.g. json:/user/id
            bucket: {key: 'json:/a~2'} => 9: bucket.key: 'json:/a~2' has a ~ in its JSON pointer; write ~0 for ~ and ~1 for /
            bucket: {key: 'regex:a'} => 9: bucket.key: 'regex:a' has no group 1; put the key in parentheses, e.g. regex:id=([0-9]+)
            bucket: {key: 'regex:(a'} => 9: bucket.key: 'regex:(a' has an expression that does not compile: Unclosed group at 2
            bucket: {key: 'regex:(a++)'} => 9: bucket.key: 'regex:(a++)' has a possessive repeat (++) at character 3 of its expression, which RE2 does not have or takes for something else; write it without the +
            bucket: {key: []} => 9: bucket.key: is empty; name 1 to 8
            bucket: {key: ['[json:/a, json:/b]', 'csv:1']} => 9: bucket.key: has a list among its parts; write all parts in one list
            bucket: {key: ['[json:/a, json:/b]']} => 9: bucket.key: has a list among its parts; write all parts in one list
            bucket: {key: '[[json:/a, json:/b], csv:1]'} => 9: bucket.key: '[[json:/a, json:/b], csv:1]' has a list among its parts; write all parts in one list
            bucket:|  keys:|    a: ['csv:1', '[csv:2, csv:3]'] => 11: bucket.keys.a: has a list among its parts; write all parts in one list
            bucket: {missing-key: drop} => 9: bucket.missing-key: 'drop' is not one of the choices; write record or dlq
            dlq: {max-size: 512KiB} => 9: dlq.max-size: '512KiB' is too small; the least is 1MiB
            dlq: {max-size: 4MiB} => 9: dlq.max-size: '4MiB' does not fit: dead letters of 4MiB are less than 8 records of 1MiB; set dlq.max-size to at least 8MiB, or lower sources.logs.max-record
            admin: {address: '8080'} => 9: admin.address: '8080' is not host:port; write e.g. 127.0.0.1:9999
            admin: {address: ':8080'} => 9: admin.address: ':8080' has no host; write 0.0.0.0:<port> to listen everywhere
            admin: {address: '::1:80'} => 9: admin.address: '::1:80' is not host:port; put an IPv6 host in brackets, e.g. "[::1]:9999"
            admin: {address: 'a:65536'} => 9: admin.address: 'a:65536' has a port outside 0 to 65535; port 0 is any free one
            admin: {base-path: 'decant'} => 9: admin.base-path: 'decant' is not a path; write e.g. /decant: with a slash at its start, none at its end, and of each name letters, digits and . _ ~ -
            admin: {base-path: '/decant/'} => 9: admin.base-path: '/decant/' is not a path; write e.g. /decant: with a slash at its start, none at its end, and of each name letters, digits and . _ ~ -
            admin: {base-path: '/status/x'} => 9: admin.base-path: '/status/x' begins with a path that is served itself; write another one, e.g. /decant
            admin: {address: 'a b:1'} => 9: admin.address: 'a b:1' has no valid host; write host:port, e.g. 127.0.0.1:9999
            name: ${NOPE} => 9: name: '${NOPE}' refers to the environment variable NOPE, which is not set; set it, or write ${NOPE:-default}
            name: ${1} => 9: name: '${1}' has a ${ that does not begin ${NAME} or ${NAME:-default}; write $${ for a literal ${
            sinks: {} => 9: sinks: is set twice; remove one; the first is at decant.yaml:5
            name: !x y => 9: name: has a tag that Decant does not know; remove the !tag
            ? [a]|: b => 9: a list or a section where a key is expected; put a text into quotes
            name: *nope => 9: is not YAML: found undefined alias
            name: 'a => 10: is not YAML: found unexpected end of stream
            - a => 9: is not YAML: expected <block end>, but found '-'
            """)
    void shouldTellWhereWhatAndTheWayOut(String text, String expected) {
        String yaml = Yaml.LEAST + text.replace("|", "\n") + "\n";

        assertThat(Yaml.problems(yaml)).containsExactly("decant.yaml:" + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            sources.logs.adress=x => sources.logs.adress: unknown key; did you mean 'address'?
            sources.logs.ack=yes => sources.logs.ack: 'yes' is not one of the choices; write end or count or flume or none
            sources.logs.allow-http-like=yes => sources.logs.allow-http-like: 'yes' is not one of the choices; write true or false
            sources.logs.type=udp => sources.logs.type: 'udp' is not one of the choices; write http or kafka or mysql or tcp
            sources.logs.max-connections=0 => sources.logs.max-connections: '0' is too small; the least is 1
            sources.logs.max-record=129MiB => sources.logs.max-record: '129MiB' is too large; the most is 128MiB
            sources.logs.max-record=33MiB => sources.logs.max-record: '33MiB' does not fit: a segment of 256MiB is less than 8 records of 33MiB; set journal.segment-size to at least 264MiB, or lower sources.logs.max-record
            sources.logs.address= => sources.logs.address: is required; give it a value, or set connect to read from a server
            sources.logs.connect=h:1 => sources.logs.address: '127.0.0.1:9999' does not fit connect: a source either listens or connects; remove one of address and connect
            sources.logs={type: tcp, connect: 'h:0'} => sources.logs.connect: 'h:0' has port 0, where no server listens; write the port of the server
            sources.logs={type: tcp, connect: h} => sources.logs.connect: 'h' is not host:port; write e.g. 127.0.0.1:9999
            sources.logs={type: tcp, connect: 'h:1', ack: end} => sources.logs.ack: 'end' does not fit connect: a server that is read from gets no answers; remove one of ack and connect
            sources.logs={type: tcp, connect: 'h:1', session: required} => sources.logs.session: 'required' does not fit connect: a server that is read from cannot resume; remove one of session and connect
            sources.logs={type: tcp, connect: 'h:1', session-retain: 1h} => sources.logs.session-retain: '1h' does not fit connect: there are no sessions; remove one of session-retain and connect
            sources.logs={type: tcp, connect: 'h:1', sessions-per-address: 5} => sources.logs.sessions-per-address: '5' does not fit connect: there are no sessions; remove one of sessions-per-address and connect
            sources.logs={type: tcp, connect: 'h:1', max-connections: 9} => sources.logs.max-connections: '9' does not fit connect: there is one connection; remove one of max-connections and connect
            sources.logs={type: tcp, connect: 'h:1', allow-http-like: false} => sources.logs.allow-http-like: 'false' does not fit connect: any first line is a record; remove one of allow-http-like and connect
            sources.a/b={type: tcp, address: 'a:1'} => sources.a/b: is not a name; a name is 1 to 64 of A-Z a-z 0-9 _ -
            sources.other={type: tcp, address: '127.0.0.1:9999'} => sources.other.address: '127.0.0.1:9999' is the address of sources.logs.address and of sources.other.address; give each its own, or port 0 for any free one
            admin.address=127.0.0.1:9999 => sources.logs.address: '127.0.0.1:9999' is the address of admin.address and of sources.logs.address; give each its own, or port 0 for any free one
            sources.other= => sources.other.type: is required; give it a value
            sinks.api.url=ftp://h/ => sinks.api.url: 'ftp://h/' is not an http or https URL; write e.g. http://localhost:8000/buckets
            sinks.api.url=http:///x => sinks.api.url: 'http:///x' has no valid host; write http://host:port/path; a host has letters, digits, -, _ and .
            sinks.api.url=http://my_host:70000/ => sinks.api.url: 'http://my_host:70000/' has a port outside 1 to 65535
            sinks.api.url=http://my_host:x/ => sinks.api.url: 'http://my_host:x/' has no valid host; write http://host:port/path; a host has letters, digits, -, _ and .
            sinks.api.url=https://my_host/ => sinks.api.url: 'https://my_host/' has a _ in its host, which no certificate can be checked for; set tls.server-name to the name in the receiver's certificate
            sinks.api.url=http://h:70000/ => sinks.api.url: 'http://h:70000/' has a port outside 1 to 65535
            sinks.api.url=http://h/#f => sinks.api.url: 'http://h/#f' has a fragment, which is never sent; remove what follows #
            sinks.api.url=http://user:hunter2@h/ => sinks.api.url: 'http://<hidden>@h/' has a user in it, which logs would show; remove it and set auth: {basic: ...}
            sinks.api.url=http://us er:hunter2@h/ => sinks.api.url: 'http://<hidden>@h/' is not a URL: Illegal character in authority at 7
            sinks.api.concurrency=257 => sinks.api.concurrency: '257' is too large; the most is 256
            sinks.api.content-type=plain => sinks.api.content-type: 'plain' is not a media type; write e.g. text/plain; charset=utf-8
            sinks.api.headers.A b=hunter2 => sinks.api.headers.A b: is not a header name; write letters, digits and - only
            sinks.api.headers.Content-Type=x => sinks.api.headers.Content-Type: is not set here; use the key content-type of the sink
            sinks.api.headers.Decant-Batch=x => sinks.api.headers.Decant-Batch: is a header that Decant sets itself; remove it
            sinks.api.headers={A: 1, a: 2} => sinks.api.headers.a: is set twice; header names are case-insensitive; remove one
            sinks.api.headers.A="hunter2\\n" => sinks.api.headers.A: <hidden> has characters outside printable ASCII; encode it as its receiver expects
            sinks.api.headers.A=hunter2${NOPE} => sinks.api.headers.A: <hidden> refers to the environment variable NOPE, which is not set; set it, or write ${NOPE:-default}
            sinks.api.headers.A=[hunter2] => sinks.api.headers.A: a list where a text is expected
            sinks.api.headers={A: {hunter2: 1, hunter2: 2}} => sinks.api.headers.A: is set twice; remove one; the first is at --set sinks.api.headers=...
            sinks.api.headers=hunter2 => sinks.api.headers: a single value where a section is expected
            sinks.api.compression=zstd => sinks.api.compression: 'zstd' is not one of the choices; write none or gzip
            sinks.api.auth=hunter2 => sinks.api.auth: a single value where a section is expected
            sinks.api.auth={digest: hunter2} => sinks.api.auth.digest: unknown key; known here: basic, bearer, oauth2, token-file
            sinks.api.auth.basic=hunter2 => sinks.api.auth.basic: <hidden> is not user:password; write both, with a colon between them
            sinks.api.auth.basic=[hunter2] => sinks.api.auth.basic: a list where a text is expected
            sinks.api.auth.bearer=Bearer hunter2 => sinks.api.auth.bearer: <hidden> is not a token; write printable ASCII without blanks
            sinks.api.auth.bearer=${HUNTER} => sinks.api.auth.bearer: <hidden> refers to the environment variable HUNTER, which is not set; set it, or write ${HUNTER:-default}
            sinks.api.auth={basic: 'u:hunter2', bearer: hunter2} => sinks.api.auth.bearer: <hidden> is set together with basic, but a request has one Authorization header; remove one
            sinks.api.signing-secret=hunter2 => sinks.api.signing-secret: <hidden> does not begin with whsec_; write it as the receiver gives it: whsec_ and base64
            sinks.api.signing-secret=whsec_hunter2! => sinks.api.signing-secret: <hidden> is not base64 behind whsec_; write it as the receiver gives it
            sinks.api.signing-secret=whsec_aHVudGVyMg== => sinks.api.signing-secret: <hidden> is a key of 7 bytes; take 24 to 64, e.g. whsec_ and what openssl rand -base64 32 prints
            sinks.api.tls.server-name=https://h => sinks.api.tls.server-name: 'https://h' is not a host; write a name of the receiver's certificate
            sinks.api.tls.sever-name=h => sinks.api.tls.sever-name: unknown key; did you mean 'server-name'?
            sinks.api.tls={server-name: h} => sinks.api.tls: is for https, but the url is not https; set an https url, or remove tls
            name.x=1 => name.x: unknown key
            journal.linger=a: b => has a value that YAML reads as a block; put it in quotes, or in {}
            journal.linger=[ => is not YAML: expected the node content, but found '<stream end>'; put a value with special characters into quotes
            journal..linger=1 => has a key with an empty part; write e.g. --set journal.linger=5ms
            """)
    void shouldTellWhichOptionIsWrong(String option, String expected) {
        String key = option.substring(0, option.indexOf('='));
        List<String> problems = Yaml.problems(Yaml.LEAST, option);

        if (expected.startsWith("name.x")) {
            assertThat(problems).hasSize(1).first().asString().startsWith("--set name.x=...: name");
        } else if (expected.startsWith("sources.logs.address: '127")) {
            assertThat(problems).containsExactly("decant.yaml:4: " + expected);
        } else {
            assertThat(problems).contains("--set " + key + "=...: " + expected);
        }
        assertThat(problems).noneMatch(line -> line.contains("hunter2"));
    }

    /** As in 0.1.0: a connection's share is less then, and a longest record has room. */
    @Test
    void shouldTakeFewUnfinishedLinesForManyConnections() {
        assertThat(Yaml.problems(Yaml.LEAST, "journal.unfinished=1MiB")).isEmpty();
        assertThat(Yaml.problems(
                        Yaml.LEAST,
                        "journal.unfinished=1KiB",
                        "sources.logs.max-record=1KiB",
                        "sources.logs.max-connections=262145"))
                .isEmpty();
    }

    @Test
    void shouldTellWhichOfTwoSettingsSetsAHeaderTwice() {
        String headers = Yaml.LEAST + "    headers: {authorization: hunter2, Webhook-Id: hunter2}\n";

        assertThat(Yaml.problems(
                        headers,
                        "sinks.api.auth.bearer=hunter2",
                        "sinks.api.signing-secret=whsec_aHVudGVyMmh1bnRlcjJodW50ZXIyaHVudGVyMg=="))
                .containsExactly(
                        "decant.yaml:9: sinks.api.headers.authorization: <hidden> is also set by auth; remove one",
                        "decant.yaml:9: sinks.api.headers.Webhook-Id: <hidden> is set by signing-secret; remove one");
    }

    @Test
    void shouldRefuseToAnswerASessionOnlyAtItsEnd() {
        assertThat(Yaml.problems(Yaml.LEAST, "sources.logs.session=required", "sources.logs.ack=end"))
                .containsExactly(
                        "--set sources.logs.ack=...: sources.logs.ack: 'end' does not fit: the sender of a session must"
                                + " learn what is durable while it sends, and ack: end says it only after the end of its input;"
                                + " write ack: count, or remove ack");
    }

    @Test
    void shouldRefuseAnOptionWithoutAKeyOrValue() {
        assertThat(Yaml.problems(Yaml.LEAST, "journal.linger", "=5"))
                .containsExactly(
                        "--set: is not key=value; write e.g. --set journal.linger=5ms",
                        "--set: is not key=value; write e.g. --set journal.linger=5ms");
    }

    @Test
    void shouldRefuseAnOptionBelowAValue() {
        assertThat(Yaml.problems(Yaml.LEAST + "journal: 5\n", "journal.linger=5ms"))
                .containsExactly(
                        "decant.yaml:9: journal: a single value where a section is expected",
                        "--set journal.linger=...: journal: a single value where a section is expected");
    }

    @Test
    void shouldTellAllProblemsInFileOrder() {
        String yaml = """
                batch: {interval: soon}
                sinks: {api: {type: http}}
                name: "?"
                sources:
                  logs:
                    type: tcp
                """;

        assertThat(Yaml.problems(yaml, "journal.x=1"))
                .containsExactly(
                        "decant.yaml:1: batch.interval: 'soon' is not a duration;"
                                + " write a whole number and ms, s, m, h or d, e.g. 250ms",
                        "decant.yaml:2: sinks.api.url: is required; give it a value",
                        "decant.yaml:3: name: '?' is not a name; write 1 to 64 of A-Z a-z 0-9 . _ -",
                        "decant.yaml:5: sources.logs.address: is required; give it a value, or set connect to read from a server",
                        "--set journal.x=...: journal.x: unknown key;"
                                + " known here: cached-backlog, linger, max-backlog, min-free, retain, segment-size, unfinished");
    }

    @Test
    void shouldAskForASourceAndASink() {
        assertThat(Yaml.problems(""))
                .containsExactly(
                        "decant.yaml:1: sources: has no entry; add at least one, e.g."
                                + " sources: {logs: {type: tcp, address: \"127.0.0.1:9999\"}}",
                        "decant.yaml:1: sinks: has no entry; add at least one, e.g."
                                + " sinks: {api: {type: http, url: \"http://localhost:8000/buckets\"}}");
    }

    @Test
    void shouldRefuseTextsThatUnfoldOrNestWithoutEnd() {
        assertThat(Yaml.problems("[".repeat(100_000))).containsExactly("decant.yaml:1: nests deeper than 32 levels");
        assertThat(Yaml.problems("a: &a {b: *a}"))
                .containsExactly("decant.yaml:1: a.b.b.b: holds too many values, aliases unfolded; write them out");
        StringBuilder laughs = new StringBuilder("a0: &a0 {x: 1, y: 2}\n");
        for (int i = 1; i < 20; i++) {
            laughs.append(String.format("a%d: &a%d {x: *a%d, y: *a%d}%n", i, i, i - 1, i - 1));
        }
        assertThat(Yaml.problems(laughs.toString())).hasSize(1);
        assertThat(Yaml.problems("#".repeat(2 << 20))).hasSize(1);
    }

    @Test
    void shouldNameTheFileThatCannotBeRead(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("decant.yaml");
        assertRefused(() -> load(file), file + ": no such file; name the settings with -c FILE");
        assertRefused(() -> load(folder), folder + ": cannot be read: Is a directory");
        Files.write(file, new byte[] {'a', (byte) 0xff});
        assertRefused(() -> load(file), file + ": is not UTF-8; save it as UTF-8");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertRefused(() -> load(file), file + ": is larger than settings can be; the most is 1MiB");
    }

    @Test
    void shouldReadAFileAndResolveItsPathsAgainstItsFolder(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("decant.yaml");
        Files.writeString(file, Yaml.LEAST + "data-dir: ./é\n", StandardCharsets.UTF_8);

        assertThat(load(file).dataDir()).isEqualTo(folder.toAbsolutePath().resolve("é"));
    }

    @Test
    void shouldKeepAProblemOnOneLineWhateverItQuotes() {
        String problem = new Problem("f:1", "k\n", "a\u001b[31m\u2028" + "x".repeat(200), "is bad", "").toString();

        assertThat(problem).startsWith("f:1: k\\n: 'a\\u001b[31m\\u2028xxx").endsWith("x...' is bad");
        assertThat(problem.lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "/dev, '', ./data",
        "/dev/fd, 'data-dir: data', data",
        "/proc/self/fd, 'data-dir: ../tmp/data', ../tmp/data"
    })
    void shouldRefuseARelativeDataDirectoryWhereTheSettingsComeFromAPipe(String folder, String line, String value) {
        assertRefused(
                () -> SettingsLoader.parse(
                        Yaml.LEAST + line + "\n", "/dev/stdin", Path.of(folder), List.of(), Map.of()),
                "/dev/stdin:" + (line.isEmpty() ? 1 : 9) + ": data-dir: '" + value
                        + "' is relative to the file, but these"
                        + " settings do not come from a file in a folder; write an absolute path");
    }

    @Test
    void shouldRefuseRelativeStagingWhereTheSettingsComeFromAPipe() {
        String yaml = Yaml.LEAST + "data-dir: /srv/decant\noffload: {above: 1GiB}\n";
        Path devices = Path.of("/dev");
        assertRefused(
                () -> SettingsLoader.parse(yaml, "/dev/stdin", devices, List.of(), Map.of()),
                "/dev/stdin:1: offload.staging: './data/staging' is relative to the file, but these settings do not"
                        + " come from a file in a folder; write an absolute path");
        assertThat(SettingsLoader.parse(yaml, "/dev/stdin", devices, List.of("offload.staging=/srv/staging"), Map.of())
                        .dataDir())
                .isEqualTo(Path.of("/srv/decant"));
    }

    @Test
    void shouldTakeARelativeDataDirectoryBesideAFileInSharedMemory() {
        assertThat(SettingsLoader.parse(Yaml.LEAST, "decant.yaml", Path.of("/dev/shm/x"), List.of(), Map.of())
                        .dataDir())
                .isEqualTo(Path.of("/dev/shm/x/data"));
    }

    private static Settings load(Path file) {
        return SettingsLoader.load(file, List.of(), Map.of());
    }

    private static void assertRefused(ThrowingCallable loading, String line) {
        Assertions.assertThatThrownBy(loading)
                .isInstanceOf(SettingsException.class)
                .hasMessage(line);
    }
}
