package io.decant.ingest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import io.decant.harness.BatchRow;
import io.decant.harness.BucketVerifier.Tally;
import io.decant.harness.Fingerprint;
import io.decant.harness.ReceivedPart;
import io.decant.ingest.demo.Screen.Announcements;
import io.decant.ingest.demo.Screen.DemoProgress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the demo puts on a screen. */
class DemoTextTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldMakeATableThatFitsATerminal() {
        String row = DemoText.row(new BatchRow(
                12,
                "2026-11-20T21:53:03Z/2026-11-20T21:53:04Z",
                1_999_999,
                1234,
                1_800_000,
                189_270,
                9_999,
                730,
                1_411));
        assertThat(DemoText.head())
                .isEqualTo("batch from (UTC)   records buckets  bucket 0 bucket 1 bucket 2 the rest requests");
        assertThat(row).isEqualTo("   12   21:53:03 1,999,999   1,234 1,800,000  189,270    9,999      730    1,411");
        assertThat(row).hasSizeLessThanOrEqualTo(80);
    }

    @Test
    void shouldDrawProgressOverOnATerminal() {
        Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), true);
        screen.progress("one");
        screen.progress("two");
        screen.line("row");
        screen.line("row");
        assertThat(err.toString()).isEqualTo("\r\u001b[Kone\r\u001b[Ktwo\r\u001b[K");
        assertThat(out.toString()).isEqualTo("row\nrow\n");
    }

    @Test
    void shouldWriteProgressInLinesElsewhere() {
        Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), false);
        screen.progress("one");
        screen.line("row");
        screen.progress("two");
        assertThat(err.toString()).isEqualTo("one\ntwo\n");
    }

    @Test
    void shouldTellRatesSinceItWasLastTold() {
        DemoProgress progress = new DemoProgress(new Screen(new PrintWriter(out), new PrintWriter(err), false), 0);
        progress.tell(TimeUnit.SECONDS.toNanos(2), 2_000_000, tally(1_000_000, 100_000));
        progress.tell(TimeUnit.SECONDS.toNanos(3), 9_000_000, tally(9_000_000, 900_000));
        progress.tell(TimeUnit.SECONDS.toNanos(4), 2_000_002, tally(2_000_000, 300_000));
        assertThat(err.toString().lines())
                .containsExactly(
                        "    2 s  1,000,000/s acknowledged    500,000/s delivered    50,000/s duplicates",
                        "    4 s          1/s acknowledged    500,000/s delivered   100,000/s duplicates");
    }

    private static Tally tally(long records, long repeats) {
        return new Tally(new Fingerprint(records, 0, 0), repeats, 1, 1, 1, 0, List.of());
    }

    @Test
    void shouldShowTheFirstRecordsOfABucket() {
        String body = "a\nb\u001b[31m\n\nd\ne\nf\n";
        ReceivedPart part = new ReceivedPart("key", 7, 1, 2, 0, 6, "window");
        ByteBuffer bytes = ByteBuffer.allocateDirect(body.length()).put(body.getBytes(StandardCharsets.UTF_8));
        assertThat(DemoText.part(part, Memory.addressOf(bytes), body.length())).isEqualTo("""
                        batch 7, bucket 1 of 2: 6 records
                            a
                            b\\x1b[31m
                           \s
                            d
                            e
                            ...""");
    }

    @Test
    void shouldSayHowMuchItLeftOutWhenThePrinterIsSlow() {
        Announcements announcements = new Announcements();
        for (int i = 0; i < 300; i++) {
            announcements.announce("row " + i);
        }
        announcements.sayTo(new Screen(new PrintWriter(out), new PrintWriter(err), false));
        assertThat(out.toString().lines())
                .hasSize(257)
                .startsWith("row 0")
                .endsWith("  ... and 44 more that came too fast to show");
    }
}
