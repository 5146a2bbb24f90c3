package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** A server at a glance, as lines of text: whether it is healthy, what comes in, what goes out, and where it stands. */
final class TopView {

    private static final String UNKNOWN = "-";
    private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};
    private static final int UNIT = 1_024;
    private static final int BATCHES_MAX = 5;
    private static final int MILLIS = 1_000;

    private TopView() {}

    /** @param address where the server was asked */
    static List<String> lines(ShownStatus now, ShownStatus.Seconds seconds, String address) {
        List<String> lines = new ArrayList<>();
        lines.add("decant " + now.version() + "  " + PrintableText.of(now.name()) + "  " + now.state() + " for "
                + time(Math.max(0, now.now() - now.startedAt())) + "  " + address);
        lines.add(PrintableText.of(now.health().sentence()));
        now.health().problems().stream().skip(1).forEach(problem -> lines.add("  " + PrintableText.of(problem)));
        lines.add("");
        lines.add(
                "in         " + number(last(seconds.records())) + " records/s, " + size(last(seconds.bytes())) + "/s");
        lines.add("delays     scheduling " + millis(lastKnown(seconds.schedulingDelay())) + ", processing "
                + millis(lastKnown(seconds.processingDelay())) + ", total " + millis(lastKnown(seconds.totalDelay())));
        ShownStatus.Journal journal = now.journal();
        lines.add("journal    " + size(journal.backlogBytes()) + " undelivered of at most "
                + size(journal.maxBacklogBytes()) + ", " + number(journal.uncutRecords()) + " records in no batch yet, "
                + size(journal.freeBytes()) + " free");
        if (now.hottest() != null) {
            lines.add("hottest    " + PrintableText.of(now.hottest().record()) + ": "
                    + number(now.hottest().count()) + " of "
                    + number(now.hottest().records())
                    + " records of batch " + now.hottest().batch());
        }
        if (now.offload().tasks() > 0) {
            lines.add("spark      batch " + now.offload().batch() + ", stage "
                    + now.offload().stage() + " of "
                    + now.offload().stages() + ", " + now.offload().tasksDone() + " of "
                    + now.offload().tasks()
                    + " tasks done");
        }
        lines.add("");
        lines.addAll(table(sources(now, seconds), Set.of(0, 1, 5)));
        lines.add("");
        lines.addAll(table(sinks(now, seconds), Set.of(0, 1, 8)));
        if (!now.batches().isEmpty()) {
            lines.add("");
            lines.addAll(table(batches(now), Set.of(3, 4)));
        }
        return lines;
    }

    private static List<List<String>> sources(ShownStatus now, ShownStatus.Seconds seconds) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("SOURCE", "STATE", "RECORDS/S", "RECORDS", "CONNECTIONS", "LAG"));
        now.sources()
                .forEach((name, source) -> rows.add(List.of(
                        PrintableText.of(name),
                        source.paused() ? "paused" : Objects.requireNonNullElse(source.state(), "listening"),
                        rate(seconds.sources(), name),
                        number(source.records()),
                        number((long) source.connections()),
                        number(lag(source)))));
        return rows;
    }

    /** Records of all partitions; null where none is known. */
    private static Long lag(ShownStatus.Source source) {
        return source.partitions() == null
                ? null
                : source.partitions().values().stream()
                        .map(ShownStatus.Partition::lag)
                        .filter(Objects::nonNull)
                        .reduce(Long::sum)
                        .orElse(null);
    }

    private static List<List<String>> sinks(ShownStatus now, ShownStatus.Seconds seconds) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(
                List.of("SINK", "STATE", "RECORDS/S", "RECORDS", "BEHIND", "RECORDS", "RETRIES", "DEAD", "LAST ERROR"));
        now.sinks()
                .forEach((name, sink) -> rows.add(List.of(
                        PrintableText.of(name),
                        sink.state(),
                        rate(seconds.sinks(), name),
                        number(sink.records()),
                        String.format(Locale.ROOT, "%.1f s", sink.lagSeconds()),
                        number(sink.lagRecords()),
                        number(sink.retries()),
                        number(sink.deadLetters()),
                        PrintableText.of(sink.lastError()))));
        return rows;
    }

    private static List<List<String>> batches(ShownStatus now) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("BATCH", "RECORDS", "BUCKETS", "WHERE", "STATE"));
        now.batches().stream()
                .limit(BATCHES_MAX)
                .forEach(batch -> rows.add(List.of(
                        number(batch.number()),
                        number(batch.records()),
                        batch.buckets() == 0 ? UNKNOWN : number((long) batch.buckets()),
                        batch.where(),
                        batch.state())));
        return rows;
    }

    /**
     * Columns as wide as what is in them.
     *
     * @param texts columns that begin below each other; numbers, in the others, end below each other
     */
    private static List<String> table(List<List<String>> rows, Set<Integer> texts) {
        int columns = rows.get(0).size();
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int column = 0; column < columns; column++) {
                int at = column;
                int width = rows.stream()
                        .mapToInt(each -> each.get(at).length())
                        .max()
                        .orElse(0);
                String cell = row.get(column);
                boolean isText = texts.contains(column);
                String padding = " ".repeat(width - cell.length());
                line.append(column == 0 ? "" : "  ").append(isText ? cell + padding : padding + cell);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }

    private static String rate(Map<String, ShownStatus.Records> seconds, String name) {
        ShownStatus.Records records = seconds.get(name);
        return records == null ? UNKNOWN : number(last(records.records()));
    }

    private static Long last(List<Long> values) {
        return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    private static Long lastKnown(List<Long> values) {
        return values.stream()
                .filter(Objects::nonNull)
                .reduce((before, after) -> after)
                .orElse(null);
    }

    private static String number(Long value) {
        return value == null ? UNKNOWN : String.format(Locale.ROOT, "%,d", value);
    }

    private static String millis(Long value) {
        return value == null ? UNKNOWN : number(value) + " ms";
    }

    private static String size(Long bytes) {
        if (bytes == null) {
            return UNKNOWN;
        }
        double value = bytes;
        int unit = 0;
        while (value >= UNIT && unit < UNITS.length - 1) {
            value /= UNIT;
            unit++;
        }
        return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", value, UNITS[unit]);
    }

    private static String time(long millis) {
        Duration time = Duration.ofSeconds(millis / MILLIS);
        if (time.toDays() > 0) {
            return time.toDays() + " d " + time.toHoursPart() + " h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + " h " + time.toMinutesPart() + " min";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + " min " + time.toSecondsPart() + " s"
                : time.toSeconds() + " s";
    }
}
