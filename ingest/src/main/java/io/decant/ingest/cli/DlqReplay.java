package io.decant.ingest.cli;

import io.decant.config.PrintableText;
import io.decant.config.Settings;
import io.decant.ingest.admin.ReplayAnswer;
import io.decant.ingest.admin.ReplayQuery;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.datadir.DataDirectory;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterFiles;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code decant dlq replay}: through the server that runs on the data directory, or else by what is inside a server,
 * which then lives until all is delivered.
 */
final class DlqReplay {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final Console out;
    private final Settings settings;

    DlqReplay(Console out, Settings settings) {
        this.out = out;
        this.settings = settings;
    }

    /** Sends those letters again; one of {@link ExitStatus}. */
    int run(LetterFilter which) {
        ReplayQuery query = new ReplayQuery(
                which.sink(), which.reason() == null ? null : which.reason().word(), which.batch(), which.since());
        Path dataDir = settings.dataDir();
        try {
            Collection<String> files = new FileDeadLetterStore(dataDir).sizes().keySet();
            if (files.isEmpty()) {
                out.out().println("no dead letters under " + PrintableText.of(dataDir.toString()));
                return ExitStatus.DONE;
            }
            SinkTypes.of(settings).stream()
                    .filter(sink -> which.sink() == null || which.sink().equals(sink.name()))
                    .flatMap(sink -> sink.letterReplayHint().stream())
                    .forEach(hint -> out.err().println("decant: " + PrintableText.of(hint)));
            if (DataDirectory.holder(dataDir).isPresent()) {
                return say(throughServer(query));
            }
            int interrupted = LetterFiles.replays(files).size();
            if (interrupted > 0) {
                out.out().println("continues what was interrupted: " + count(interrupted, "replay"));
            }
            return inside(query);
        } catch (IOException e) {
            throw new CliException(ExitStatus.FAILED, "dead letters under " + dataDir + " cannot be replayed: " + e, e);
        }
    }

    private ReplayAnswer throughServer(ReplayQuery query) throws IOException {
        AdminClient server = AdminClient.of(settings);
        return ReplayAnswer.of(server.post("/dlq/replay", query.toJson()))
                .orElseThrow(() -> new CliException(
                        ExitStatus.FAILED, "what listens on " + server.address() + " is not a server of this version"));
    }

    private int inside(ReplayQuery query) {
        try (StopSignal stop = StopSignal.install();
                Server server = Server.startWithoutSources(settings)) {
            CompletableFuture<ReplayAnswer> answer = server.replay(query).toCompletableFuture();
            CompletableFuture<Throwable> failure = server.failure();
            awaitAny(answer, failure, stop.received());
            if (answer.isDone()) {
                deliver(server, failure, stop.received());
            }
            boolean delivered = !failure.isDone() && server.drain();
            if (failure.isDone()) {
                throw new CliException(
                        ExitStatus.FAILED,
                        "the replay failed: " + failure.join().getMessage()
                                + "; no letter is lost, the rest is sent by the next run",
                        failure.join());
            }
            int status = say(joined(answer));
            if (status == ExitStatus.DONE && !delivered) {
                throw new CliException(
                        ExitStatus.FAILED,
                        "not everything could be delivered; the rest stays in the journal for the next 'decant run'"
                                + behind(server));
            }
            return status;
        }
    }

    private static void awaitAny(CompletableFuture<?>... any) {
        try {
            CompletableFuture.anyOf(any).join();
        } catch (CompletionException e) {
            // Callers that need the result check it.
            return;
        }
    }

    private static ReplayAnswer joined(CompletableFuture<ReplayAnswer> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw new CliException(ExitStatus.FAILED, e.getCause().getMessage(), e);
        }
    }

    /** Waits until all is delivered, and no longer than {@code shutdown-timeout} for something to move. */
    private void deliver(Server server, CompletableFuture<?> failure, CompletableFuture<?> stop) {
        long patience = settings.shutdownTimeout().toNanos();
        long moved = System.nanoTime();
        long seen = -1;
        while (server.status().journal().backlogBytes() > 0 && !failure.isDone() && !stop.isDone()) {
            long now = System.nanoTime();
            long records = server.status().sinks().values().stream()
                    .mapToLong(sink -> sink.records() + sink.batch())
                    .sum();
            if (records != seen) {
                seen = records;
                moved = now;
            } else if (now - moved > patience) {
                return;
            }
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    private static String behind(Server server) {
        List<String> behind = new ArrayList<>();
        server.status().sinks().forEach((name, sink) -> {
            if (!sink.lastError().isEmpty()) {
                behind.add("sink " + name + ": " + sink.lastError());
            }
        });
        return behind.isEmpty() ? "" : " (" + String.join("; ", behind) + ")";
    }

    private int say(ReplayAnswer answer) {
        List<String> sinks = new ArrayList<>();
        answer.sinks()
                .forEach((sink, letters) ->
                        sinks.add(letters + " to " + (sink.isEmpty() ? "every sink" : PrintableText.of(sink))));
        if (answer.records() == 0) {
            out.out().println("no dead letters to send again");
        } else {
            out.out()
                    .println(count(answer.records(), "record")
                            + (answer.records() == 1 ? " is" : " are") + " sent again"
                            + (sinks.isEmpty() ? "" : ": " + String.join(", ", sinks))
                            + (answer.batches() == 0 ? "" : ", in " + count(answer.batches(), "batch")));
        }
        left(
                answer.unsettled(),
                "letter",
                "since a restart might read the record again; retry when the batch is delivered");
        left(answer.unknownSink(), "letter", "since the sink is not in the settings");
        left(answer.newline(), "letter", "since there is a newline in the record");
        left(answer.damaged(), "damaged line", "which cannot be read; see 'decant dlq list'");
        left(answer.notAsked(), "letter", "which the options of this replay exclude");
        if (!answer.waits().isEmpty()) {
            throw new CliException(
                    ExitStatus.FAILED,
                    "not all of them are in the journal yet (" + answer.waits()
                            + "); the rest is sent automatically, or after the next start");
        }
        return ExitStatus.DONE;
    }

    private void left(long number, String what, String why) {
        if (number > 0) {
            out.out().println(count(number, what) + (number == 1 ? " stays, " : " stay, ") + why);
        }
    }

    private static String count(long number, String what) {
        String plural = what.endsWith("ch") || what.endsWith("x") ? what + "es" : what + "s";
        return number + " " + (number == 1 ? what : plural);
    }
}
