package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The lines of {@code decant top}, to the letter. */
class TopViewTest {

    private static ShownStatus status(ShownStatus.Health health, Map<String, ShownStatus.Sink> sinks) {
        Map<String, ShownStatus.Source> sources = new LinkedHashMap<>();
        sources.put("lines", new ShownStatus.Source("tcp", 3, 70_000, false, null, null, null));
        sources.put(
                "clicks",
                new ShownStatus.Source(
                        "kafka",
                        0,
                        7,
                        true,
                        "reading",
                        "",
                        Map.of("a", new ShownStatus.Partition(40L), "b", new ShownStatus.Partition(null))));
        return new ShownStatus(
                "edge\u001b[31m-1",
                "0.2.0",
                "running",
                health,
                1_000_000 + 11_520_000,
                1_000_000,
                new ShownStatus.Journal(4_300, 10L << 30, 20L << 30, 5),
                sources,
                sinks,
                new ShownStatus.Offload("running", 8, 1, 2, 12, 3),
                new ShownStatus.Hottest(7, "apple", 3, 5),
                List.of(
                        new ShownStatus.Batch(8, 1_204, 0, "spark", "offloaded"),
                        new ShownStatus.Batch(7, 5, 3, "memory", "delivered")));
    }

    private static Map<String, ShownStatus.Sink> sinks() {
        Map<String, ShownStatus.Sink> sinks = new LinkedHashMap<>();
        sinks.put("api", new ShownStatus.Sink("http", 7, "retrying", "status 503\nagain", 1.46, 1_204, 58, 4, 5));
        sinks.put("archive", new ShownStatus.Sink("hdfs", 8, "idle", "", 0, 0, 1_262, 0, 0));
        return sinks;
    }

    private static ShownStatus.Seconds seconds() {
        return new ShownStatus.Seconds(
                Arrays.asList(null, 120L, 118L),
                Arrays.asList(null, 12_000L, 11_800L),
                Arrays.asList(null, 12L, null),
                Arrays.asList(null, 40L, null),
                Arrays.asList(null, 52L, null),
                Map.of("api", new ShownStatus.Records(Arrays.asList(null, 1L, 0L))),
                Map.of("lines", new ShownStatus.Records(List.of(118L))));
    }

    @Test
    void shouldShowAllAtAGlance() {
        ShownStatus.Health health = new ShownStatus.Health(
                false, "Sink api cannot deliver.", List.of("Sink api cannot deliver.", "Source clicks is paused."));

        assertThat(String.join("\n", TopView.lines(status(health, sinks()), seconds(), "127.0.0.1:8080")))
                .isEqualTo("""
                        decant 0.2.0  edge\\u001b[31m-1  running for 3 h 12 min  127.0.0.1:8080
                        Sink api cannot deliver.
                          Source clicks is paused.

                        in         118 records/s, 11.5 KiB/s
                        delays     scheduling 12 ms, processing 40 ms, total 52 ms
                        journal    4.2 KiB undelivered of at most 10.0 GiB, 5 records in no batch yet, 20.0 GiB free
                        hottest    apple: 3 of 5 records of batch 7
                        spark      batch 8, stage 1 of 2, 3 of 12 tasks done

                        SOURCE  STATE      RECORDS/S  RECORDS  CONNECTIONS  LAG
                        lines   listening        118   70,000            3  -
                        clicks  paused             -        7            0  40

                        SINK     STATE     RECORDS/S  RECORDS  BEHIND  RECORDS  RETRIES  DEAD  LAST ERROR
                        api      retrying          0       58   1.5 s    1,204        4     5  status 503\\nagain
                        archive  idle              -    1,262   0.0 s        0        0     0

                        BATCH  RECORDS  BUCKETS  WHERE   STATE
                            8    1,204        -  spark   offloaded
                            7        5        3  memory  delivered""");
    }

    @Test
    void shouldShowAServerThatHasNothingYet() {
        ShownStatus empty = new ShownStatus(
                "n",
                "v",
                "starting",
                new ShownStatus.Health(true, "Healthy.", List.of()),
                5,
                6,
                new ShownStatus.Journal(0, 1 << 20, 0, 0),
                Map.of(),
                Map.of(),
                new ShownStatus.Offload("off", 0, 0, 0, 0, 0),
                null,
                List.of());
        ShownStatus.Seconds none =
                new ShownStatus.Seconds(List.of(), List.of(), List.of(), List.of(), List.of(), Map.of(), Map.of());

        assertThat(TopView.lines(empty, none, "x"))
                .startsWith("decant v  n  starting for 0 s  x", "Healthy.", "")
                .contains("in         - records/s, -/s", "delays     scheduling -, processing -, total -")
                .endsWith("SINK  STATE  RECORDS/S  RECORDS  BEHIND  RECORDS  RETRIES  DEAD  LAST ERROR");
    }
}
