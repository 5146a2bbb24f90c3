package io.decant.ingest.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/**
 * Whether a server is healthy, in words that say what to do where it is not.
 *
 * @param ok whether nobody has to do anything
 * @param level {@code ok}; {@code waiting}: nothing is wrong, and something is waited for; {@code warning}: something
 *     fails, and records are taken and delivered, or will be; {@code failing}: records are not taken, or not delivered
 * @param sentence that it is healthy, or the worst problem
 * @param problems all of them, the worst first; empty where there is none
 */
record Health(boolean ok, String level, String sentence, List<String> problems) {

    /** Of a certificate; a month's renewal that failed has half of it left. */
    private static final long CERTIFICATE_DAYS_MIN = 14;
    /** Of {@code journal.max-backlog}, beyond which it is said. */
    private static final double BACKLOG_SHARE_MAX = 0.8;
    /** Behind what a sink that keeps up is behind by: the window, a few of them, and this. */
    private static final long LAG_SECONDS_MAX = 60;

    private static final int WINDOWS_MAX = 3;

    /** From healthy to worst. */
    private enum Level {
        OK,
        WAITING,
        WARNING,
        FAILING
    }

    private record Problem(Level level, String text) {}

    static Health of(ServerStatus status) {
        List<Problem> problems = new ArrayList<>();
        addServer(status, problems);
        status.sources().forEach((name, source) -> addSource(name, source, problems));
        double lagSecondsMax = WINDOWS_MAX * windowSeconds(status) + LAG_SECONDS_MAX;
        status.sinks().forEach((name, sink) -> addSink(name, sink, lagSecondsMax, problems));
        addOffload(status.offload(), problems);
        addDeadLetters(status.deadLetters(), problems);
        problems.sort(Comparator.comparing(Problem::level).reversed());
        Level level = problems.isEmpty() ? Level.OK : problems.get(0).level();
        return new Health(
                level.compareTo(Level.WARNING) < 0,
                level.name().toLowerCase(Locale.ROOT),
                problems.isEmpty() ? healthy(status) : problems.get(0).text(),
                problems.stream().map(Problem::text).toList());
    }

    private static String healthy(ServerStatus status) {
        double lag = status.sinks().values().stream()
                .mapToDouble(ServerStatus.Sink::lagSeconds)
                .max()
                .orElse(0);
        return lag == 0
                ? "Healthy. Every sink has everything."
                : String.format(Locale.ROOT, "Healthy. The oldest undelivered record is %.1f s old.", lag);
    }

    private static void addServer(ServerStatus status, List<Problem> problems) {
        switch (status.state()) {
            case "running" -> addPressure(status, problems);
            case "failed" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "The server has failed. No further records are acknowledged. See the last error in its log, fix the"
                                + " cause and restart."));
            case "draining" ->
                problems.add(new Problem(
                        Level.WAITING,
                        "The server is shutting down. It takes no more records and delivers what it has."));
            default -> problems.add(new Problem(Level.WAITING, "The server is " + status.state() + "."));
        }
        if (!status.stalled().isEmpty()) {
            problems.add(new Problem(
                    Level.FAILING,
                    "No progress for 10 s in " + String.join(", ", status.stalled())
                            + ". Look for a slow or failing disk; if it stays like this, take a thread dump and"
                            + " restart."));
        }
    }

    private static void addPressure(ServerStatus status, List<Problem> problems) {
        ServerStatus.Journal journal = status.journal();
        switch (status.pressure()) {
            case "none" -> {
                double share = (double) journal.backlogBytes() / journal.backlogBytesMax();
                if (share > BACKLOG_SHARE_MAX) {
                    problems.add(new Problem(
                            Level.WARNING,
                            "Undelivered records take " + (int) (100 * share)
                                    + " % of journal.max-backlog. At 100 % the sources pause. See which sink is"
                                    + " behind, or raise the bound."));
                }
            }
            case "backlog" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "The sources are paused: undelivered records have reached journal.max-backlog. They resume once"
                                + " the sinks have caught up. See which sink is behind, or raise the bound."));
            case "free-space" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "The sources are paused: the journal's disk has less than journal.min-free left. Free some space;"
                                + " they then resume."));
            case "dead-letters" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "The sources are paused: dead letters have reached dlq.max-size. Send them again with 'decant dlq"
                                + " replay', remove them, or raise the bound."));
            case "no-segment" ->
                problems.add(new Problem(
                        Level.WAITING,
                        "The sources are paused until the next segment of the journal is ready. If it stays like this, see"
                                + " whether its disk is full or slow."));
            default -> problems.add(new Problem(Level.WAITING, "The sources are paused: " + status.pressure() + "."));
        }
    }

    private static void addSource(String name, ServerStatus.Source source, List<Problem> problems) {
        if (source.reading().isPresent()) {
            addReading("Source " + name, source.reading().get(), problems);
        } else if (source.address().isEmpty()) {
            problems.add(new Problem(Level.FAILING, "Source " + name + " does not listen. See the log."));
        }
        source.tls().ifPresent(tls -> addTls("source " + name, tls, problems));
    }

    private static void addReading(String who, ServerStatus.Reading reading, List<Problem> problems) {
        String why = reading.lastError().isEmpty() ? "." : ": " + ended(reading.lastError());
        switch (reading.state()) {
            case "connecting" -> problems.add(new Problem(Level.WAITING, who + " is connecting" + why));
            case "away", "failing" ->
                problems.add(new Problem(
                        Level.FAILING,
                        who + " cannot read" + why + " It keeps retrying. Other sources are not affected."));
            case "stopped" -> problems.add(new Problem(Level.FAILING, who + " has stopped until the next start" + why));
            default -> {
                // It reads, or has read everything.
            }
        }
        if (reading.partitions() != null) {
            addParts(who, "partitions", reading.partitions(), ServerStatus.Partition::error, problems);
        }
        if (reading.tables() != null) {
            addParts(who, "tables", reading.tables(), ServerStatus.Table::error, problems);
        }
    }

    private static <T> void addParts(
            String who, String what, Map<String, T> parts, Function<T, String> error, List<Problem> problems) {
        List<String> errors = parts.entrySet().stream()
                .filter(part -> !error.apply(part.getValue()).isEmpty())
                .map(part -> part.getKey() + ": " + error.apply(part.getValue()))
                .toList();
        if (!errors.isEmpty()) {
            problems.add(new Problem(
                    Level.WARNING,
                    String.format(
                            Locale.ROOT,
                            "%s has an error in %,d of %,d %s, the first is %s",
                            who,
                            errors.size(),
                            parts.size(),
                            what,
                            ended(errors.get(0)))));
        }
    }

    private static void addTls(String who, ServerStatus.Tls tls, List<Problem> problems) {
        if (tls.days() < CERTIFICATE_DAYS_MIN) {
            problems.add(new Problem(
                    tls.days() < 0 ? Level.FAILING : Level.WARNING,
                    "The certificate of " + who
                            + (tls.days() < 0
                                    ? " has expired. Renew it."
                                    : " expires in " + tls.days() + " days. Renew it.")));
        }
        if (!tls.lastError().isEmpty()) {
            problems.add(new Problem(
                    Level.WARNING,
                    "The new certificate of " + who + " cannot be used, so the old one stays: "
                            + ended(tls.lastError())));
        }
    }

    private static void addSink(String name, ServerStatus.Sink sink, double lagSecondsMax, List<Problem> problems) {
        String waiting = sink.lagRecords() == 1 ? "1 record waits." : count(sink.lagRecords()) + " records wait.";
        String why = sink.lastError().isEmpty() ? "." : ": " + ended(sink.lastError());
        switch (sink.state()) {
            case "stopped" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "Sink " + name + " has stopped until the next start" + why + " " + waiting
                                + " Nothing is lost. Fix the cause and restart."));
            case "failing" ->
                problems.add(new Problem(
                        Level.FAILING,
                        "Sink " + name + " cannot deliver" + why + " It keeps retrying. " + waiting
                                + " Nothing is lost. This needs somebody to fix the receiver or the settings of the"
                                + " sink."));
            case "retrying" ->
                problems.add(new Problem(
                        Level.WARNING, "Sink " + name + " is retrying" + why + " " + waiting + " Nothing is lost."));
            default -> {
                if (sink.lagSeconds() > lagSecondsMax) {
                    problems.add(new Problem(
                            Level.WARNING,
                            String.format(
                                    Locale.ROOT,
                                    "Sink %s is %.0f s behind. %s See whether its receiver is slow, or raise its"
                                            + " concurrency.",
                                    name,
                                    sink.lagSeconds(),
                                    waiting)));
                }
            }
        }
    }

    private static void addOffload(ServerStatus.Offload offload, List<Problem> problems) {
        if (offload.state().equals("retrying")) {
            problems.add(new Problem(
                    Level.FAILING,
                    "Batch " + offload.batch() + " cannot be split on Spark: " + ended(offload.lastError())
                            + " It keeps retrying, and the sinks wait. See the log of the driver."));
        }
    }

    private static void addDeadLetters(ServerStatus.DeadLetters letters, List<Problem> problems) {
        if (!letters.trouble().isEmpty()) {
            problems.add(new Problem(Level.FAILING, "Dead letters are in trouble: " + ended(letters.trouble())));
        }
        if (letters.letters() > 0) {
            problems.add(new Problem(
                    Level.WARNING,
                    (letters.letters() == 1
                                    ? "1 record is a dead letter."
                                    : count(letters.letters()) + " records are dead letters.")
                            + " 'decant dlq list' shows why; 'decant dlq replay' sends them again."));
        }
    }

    /** The longest window of the batches that are known; 0 where none is. */
    private static double windowSeconds(ServerStatus status) {
        return status.batches().stream()
                .mapToDouble(batch -> seconds(batch.window()))
                .max()
                .orElse(0);
    }

    private static double seconds(String window) {
        int end = window.indexOf('/');
        return Duration.between(Instant.parse(window.substring(0, end)), Instant.parse(window.substring(end + 1)))
                        .toMillis()
                / 1e3;
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** With one full stop at its end. */
    private static String ended(String sentence) {
        return sentence.endsWith(".") ? sentence : sentence + ".";
    }
}
