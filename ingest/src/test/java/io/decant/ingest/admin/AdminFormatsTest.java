package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.client.SparkWork;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.SparkReport;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JSON that operators' tools read, to the letter. */
class AdminFormatsTest {

    private static final SparkWork SPARK = new SparkWork(
                    "12 tasks", 7, new SparkReport("3 tasks", List.of("stage 1", "read locally")))
            .at(Optional.of(new DriverAnswer.Progress("job", 2, 5, 12, 7, 1_234)));

    @Test
    void shouldWriteTheStatus() {
        assertThat(StatusJson.text(status(), new StatusJson.Admin("127.0.0.1:8080", "/decant", null, null)))
                .isEqualTo("""
                {
                  "name" : "edge-1",
                  "version" : "1.2.3",
                  "state" : "running",
                  "health" : {
                    "ok" : false,
                    "level" : "failing",
                    "sentence" : "No progress for 10 s in nor this. Look for a slow or failing disk; if it stays like this, take a thread dump and restart.",
                    "problems" : [ "No progress for 10 s in nor this. Look for a slow or failing disk; if it stays like this, take a thread dump and restart.", "Source clicks has an error in 1 of 2 partitions, the first is clicks-1: h\\u202ee é.", "Sink api is retrying: status 503. 12 records wait. Nothing is lost.", "9 records are dead letters. 'decant dlq list' shows why; 'decant dlq replay' sends them again." ]
                  },
                  "now" : 1767225602500,
                  "startedAt" : 1767225600000,
                  "pressure" : "none",
                  "admin" : {
                    "address" : "127.0.0.1:8080",
                    "basePath" : "/decant"
                  },
                  "journal" : {
                    "id" : "0badcafe",
                    "appended" : 9007199254740993,
                    "synced" : 300,
                    "cut" : 200,
                    "delivered" : 100,
                    "backlogBytes" : 250,
                    "queuedBytes" : 10,
                    "freeBytes" : 1073741824,
                    "uncutRecords" : 5,
                    "maxBacklogBytes" : 1000
                  },
                  "sources" : {
                    "logs" : {
                      "type" : "tcp",
                      "address" : "127.0.0.1:9999",
                      "connections" : 3,
                      "records" : 70,
                      "bytes" : 700,
                      "refusals" : 1,
                      "unreadResets" : 2,
                      "unfinishedBytes" : 20,
                      "paused" : true
                    },
                    "clicks" : {
                      "type" : "kafka",
                      "address" : "",
                      "connections" : 0,
                      "records" : 7,
                      "bytes" : 70,
                      "refusals" : 0,
                      "unreadResets" : 0,
                      "unfinishedBytes" : 0,
                      "paused" : false,
                      "state" : "reading",
                      "lastError" : "say \\"why\\"",
                      "partitions" : {
                        "clicks-0" : {
                          "state" : "reading",
                          "position" : 12,
                          "committed" : 11,
                          "lag" : 0,
                          "lost" : 3,
                          "skipped" : 4,
                          "error" : ""
                        },
                        "clicks-1" : {
                          "state" : "seeking",
                          "position" : null,
                          "committed" : null,
                          "lag" : null,
                          "lost" : 0,
                          "skipped" : 0,
                          "error" : "h\\u202ee \u00e9"
                        }
                      }
                    }
                  },
                  "transforms" : {
                    "logs" : [ {
                      "step" : "split: \\" \\"",
                      "in" : 70,
                      "out" : 140,
                      "dropped" : 2,
                      "failed" : 1
                    }, {
                      "step" : "trim",
                      "in" : 140,
                      "out" : 140,
                      "dropped" : 0,
                      "failed" : 0
                    } ]
                  },
                  "sinks" : {
                    "api" : {
                      "type" : "http",
                      "target" : "http://host/buckets",
                      "batch" : 7,
                      "state" : "retrying",
                      "lastError" : "status 503",
                      "lagSeconds" : 1.5,
                      "lagRecords" : 12,
                      "requests" : 30,
                      "retries" : 4,
                      "records" : 58,
                      "bytes" : 580,
                      "deadLetters" : 5,
                      "deadLettersByReason" : {
                        "not-json" : 2,
                        "refused" : 3
                      }
                    },
                    "archive" : {
                      "type" : "hdfs",
                      "target" : "file:/data",
                      "batch" : 8,
                      "state" : "idle",
                      "lastError" : "",
                      "lagSeconds" : 0.0,
                      "lagRecords" : 0,
                      "requests" : 8,
                      "retries" : 0,
                      "records" : 100,
                      "bytes" : 1000,
                      "deadLetters" : 0,
                      "deadLettersByReason" : { },
                      "predicted" : "12 tasks",
                      "progress" : {
                        "stage" : 2,
                        "stages" : 5,
                        "tasks" : 12,
                        "tasksDone" : 7,
                        "records" : 1234
                      },
                      "lastRun" : {
                        "batch" : 7,
                        "predicted" : "3 tasks",
                        "stages" : [ "stage 1", "read locally" ]
                      }
                    }
                  },
                  "offload" : {
                    "state" : "running",
                    "driver" : "ready",
                    "application" : "app-1",
                    "batch" : 8,
                    "stage" : 1,
                    "stages" : 2,
                    "tasks" : 12,
                    "tasksDone" : 3,
                    "records" : 1000,
                    "lastError" : "",
                    "batches" : 4,
                    "failures" : 5,
                    "predicted" : "12 tasks",
                    "lastRun" : {
                      "batch" : 7,
                      "predicted" : "3 tasks",
                      "stages" : [ "stage 1", "read locally" ]
                    }
                  },
                  "deadLetters" : {
                    "letters" : 9,
                    "bytes" : 900,
                    "maxBytes" : 1048576,
                    "trouble" : ""
                  },
                  "deadLettersByReason" : {
                    "missing-key" : 6,
                    "not-json" : 2,
                    "refused" : 3
                  },
                  "hottest" : {
                    "batch" : 8,
                    "record" : "a",
                    "count" : 2,
                    "records" : 5
                  },
                  "batches" : [ {
                    "number" : 8,
                    "window" : "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z",
                    "records" : 5,
                    "bytes" : 50,
                    "buckets" : 2,
                    "where" : "memory",
                    "state" : "delivering",
                    "hottest" : {
                      "record" : "a",
                      "count" : 2
                    }
                  }, {
                    "number" : 7,
                    "window" : "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z",
                    "records" : 1,
                    "bytes" : 10,
                    "buckets" : 1,
                    "where" : "memory",
                    "state" : "delivered"
                  } ]
                }
                """);
    }

    @Test
    void shouldWriteTheStatusOfAServerThatHasNothingYet() {
        ServerStatus empty = new ServerStatus(
                "n",
                "v",
                "starting",
                List.of(),
                List.of(),
                "none",
                new ServerStatus.Journal("1", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                Map.of(),
                Map.of(),
                ServerStatus.Offload.OFF,
                new ServerStatus.DeadLetters(0, 0, 0, "", Map.of()),
                List.of());
        assertThat(StatusJson.text(empty, new StatusJson.Admin("", "", null, null)))
                .contains("  \"sources\" : { },\n  \"transforms\" : { },\n  \"sinks\" : { },\n")
                .endsWith("  \"batches\" : [ ]\n}\n");
    }

    @Test
    void shouldWriteWhatAReplayCameTo() {
        Map<String, Long> sinks = new LinkedHashMap<>();
        sinks.put("api", 2L);
        sinks.put("", 1L);
        ReplayAnswer answer = new ReplayAnswer(3, 2, sinks, 1, 2, 4, 5, 6, "h\u202ee waits");
        String text = """
                {
                  "records" : 3,
                  "batches" : 2,
                  "sinks" : {
                    "api" : 2,
                    "" : 1
                  },
                  "unsettled" : 1,
                  "unfit" : 6,
                  "unknownSink" : 2,
                  "newline" : 4,
                  "damaged" : 5,
                  "notAsked" : 6,
                  "waits" : "h\\u202ee waits"
                }
                """;
        assertThat(answer.toJson()).isEqualTo(text);
        assertThat(ReplayAnswer.of(text)).contains(answer);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "null", "[]", "{}", "{\"records\":\"3\"}", "ok", "{\"records\":3"})
    void shouldNotTakeSomethingElseForAReplay(String text) {
        assertThat(ReplayAnswer.of(text)).isEmpty();
    }

    @Test
    void shouldWriteAReplayQueryWithWhatIsLeftOpen() {
        assertThat(new ReplayQuery(null, null, null, null).toJson())
                .isEqualTo("{\"sink\":null,\"reason\":null,\"batch\":null,\"since\":null}");
        assertThat(new ReplayQuery("api", "refused", 7L, Instant.parse("2026-11-21T10:00:00Z")).toJson())
                .isEqualTo("{\"sink\":\"api\",\"reason\":\"refused\",\"batch\":7,\"since\":\"2026-11-21T10:00:00Z\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "{}", "{\"sink\":null,\"reason\":null,\"batch\":null,\"since\":null}"})
    void shouldLeaveOpenWhatAQueryDoesNotSay(String body) {
        assertThat(ReplayQuery.of(body)).isEqualTo(new ReplayQuery(null, null, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"sinks\":\"api\"}         | 'sinks' is none of sink, reason, batch, since",
                "{\"sink\":7}                | 'sink' is no string",
                "{\"reason\":[]}             | 'reason' is no string",
                "{\"since\":1}               | 'since' is no string",
                "{\"batch\":\"7\"}           | 'batch' is no number",
                "{\"since\":\"now\"}         | not a query: Text 'now' could not be parsed at index 0",
                "[]                          | not a query: ",
                "7                           | not a query: ",
                "{\"sink\":                  | not a query: ",
            })
    void shouldSayWhatIsWrongWithAQuery(String body, String message) {
        assertThatThrownBy(() -> ReplayQuery.of(body))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    static ServerStatus status() {
        Map<String, ServerStatus.Partition> partitions = new LinkedHashMap<>();
        partitions.put(
                "clicks-0",
                new ServerStatus.Partition(
                        "clicks",
                        0,
                        "reading",
                        OptionalLong.of(12),
                        OptionalLong.of(11),
                        OptionalLong.of(0),
                        3,
                        4,
                        ""));
        partitions.put(
                "clicks-1",
                new ServerStatus.Partition(
                        "clicks",
                        1,
                        "seeking",
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        0,
                        0,
                        "h\u202ee \u00e9"));
        Map<String, ServerStatus.Source> sources = new LinkedHashMap<>();
        sources.put(
                "logs", new ServerStatus.Source("tcp", "127.0.0.1:9999", 3, 70, 700, 1, 2, 20, true, Optional.empty()));
        sources.put(
                "clicks",
                new ServerStatus.Source(
                        "kafka",
                        "",
                        0,
                        7,
                        70,
                        0,
                        0,
                        0,
                        false,
                        Optional.of(new ServerStatus.Reading("reading", "say \"why\"", partitions))));
        Map<String, ServerStatus.Sink> sinks = new LinkedHashMap<>();
        sinks.put(
                "api",
                new ServerStatus.Sink(
                        "http",
                        "http://host/buckets",
                        7,
                        "retrying",
                        "status 503",
                        1.5,
                        12,
                        30,
                        4,
                        58,
                        580,
                        true,
                        Map.of("refused", 3L, "not-json", 2L)));
        sinks.put(
                "archive",
                new ServerStatus.Sink(
                        "hdfs",
                        "file:/data",
                        8,
                        "idle",
                        "",
                        0,
                        0,
                        8,
                        0,
                        100,
                        1000,
                        false,
                        Map.of(),
                        Optional.of(SPARK),
                        Optional.empty()));
        return new ServerStatus(
                "edge-1",
                "1.2.3",
                "running",
                List.of("not shown"),
                List.of("nor this"),
                "none",
                new ServerStatus.Journal("0badcafe", (1L << 53) + 1, 300, 200, 100, 250, 10, 1 << 30, 5, 8, 65, 1_000),
                sources,
                sinks,
                new ServerStatus.Offload("running", "ready", "app-1", 8, 1, 2, 12, 3, 1000, "", 4, 5, SPARK),
                new ServerStatus.DeadLetters(9, 900, 1 << 20, "", Map.of("missing-key", 6L)),
                List.of(batch(8, 5, 2, "delivering", "a", 2), batch(7, 1, 1, "delivered", "", 0)),
                Map.of(
                        "logs",
                        List.of(
                                new ServerStatus.Step("split: \" \"", 70, 140, 2, 1),
                                new ServerStatus.Step("trim", 140, 140, 0, 0))),
                new ServerStatus.Moment(1_767_225_602_500L, 1_767_225_600_000L));
    }

    private static ServerStatus.Batch batch(
            long number, long records, int buckets, String state, String hottest, long hottestCount) {
        String window = "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z";
        return new ServerStatus.Batch(
                number, window, records, 10 * records, buckets, "memory", state, hottest, hottestCount, Map.of());
    }
}
