package io.decant.loadtest.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A report for programs, to the letter: earlier ones are compared with it. */
class ReportJsonTest {

    @Test
    void shouldWriteEveryRoundOfEveryFigure() throws IOException {
        Row compared =
                Row.of("acknowledged", "records/s", Stats.of(2e6, 1e6), "C", Stats.of(4e6, 4e6), Target.atLeast(0.8));
        Row shown = Row.of("latency", "ms", Stats.of(0.25), "Redis \"AOF\"", Stats.of(0.5));
        Row alone = Row.of("CPU time", "s", Stats.of(1e-7, Double.NaN));
        Report report = new Report(
                "0.1.0",
                Instant.parse("2026-11-21T04:00:00Z"),
                new Machine(2, "cpu", 1L << 30, "kernel", "jdk", "ext4"),
                "C",
                2,
                0,
                List.of(
                        new CaseReport(
                                "ingest", "title", List.of(compared, shown), List.of("a note"), List.of("held"), true),
                        new CaseReport("deliver", "title", List.of(alone), List.of(), List.of(), false)));
        StringWriter json = new StringWriter();
        ReportJson.write(report, json);
        assertThat(json.toString()).isEqualTo("""
                {
                  "version" : "0.1.0",
                  "at" : "2026-11-21T04:00:00Z",
                  "machine" : {
                    "cores" : 2,
                    "processor" : "cpu",
                    "memoryBytes" : 1073741824,
                    "kernel" : "kernel",
                    "jdk" : "jdk",
                    "filesystem" : "ext4"
                  },
                  "limit" : "C",
                  "rounds" : 2,
                  "seconds" : 0,
                  "verified" : false,
                  "cases" : [ {
                    "name" : "ingest",
                    "title" : "title",
                    "verified" : true,
                    "rows" : [ {
                      "what" : "acknowledged",
                      "unit" : "records/s",
                      "ours" : {
                        "median" : 1500000.0,
                        "min" : 1000000.0,
                        "max" : 2000000.0,
                        "rounds" : [ 2000000.0, 1000000.0 ]
                      },
                      "against" : "C",
                      "theirs" : {
                        "median" : 4000000.0,
                        "min" : 4000000.0,
                        "max" : 4000000.0,
                        "rounds" : [ 4000000.0, 4000000.0 ]
                      },
                      "ratio" : {
                        "median" : 0.375,
                        "min" : 0.25,
                        "max" : 0.5,
                        "rounds" : [ 0.5, 0.25 ]
                      },
                      "target" : ">= 0.8",
                      "met" : false
                    }, {
                      "what" : "latency",
                      "unit" : "ms",
                      "ours" : {
                        "median" : 0.25,
                        "min" : 0.25,
                        "max" : 0.25,
                        "rounds" : [ 0.25 ]
                      },
                      "against" : "Redis \\"AOF\\"",
                      "theirs" : {
                        "median" : 0.5,
                        "min" : 0.5,
                        "max" : 0.5,
                        "rounds" : [ 0.5 ]
                      },
                      "ratio" : {
                        "median" : 0.5,
                        "min" : 0.5,
                        "max" : 0.5,
                        "rounds" : [ 0.5 ]
                      }
                    } ],
                    "notes" : [ "a note" ],
                    "checks" : [ "held" ]
                  }, {
                    "name" : "deliver",
                    "title" : "title",
                    "verified" : false,
                    "rows" : [ {
                      "what" : "CPU time",
                      "unit" : "s",
                      "ours" : {
                        "median" : "NaN",
                        "min" : 1.0E-7,
                        "max" : "NaN",
                        "rounds" : [ 1.0E-7, "NaN" ]
                      }
                    } ],
                    "notes" : [ ],
                    "checks" : [ ]
                  } ]
                }""");
    }
}
