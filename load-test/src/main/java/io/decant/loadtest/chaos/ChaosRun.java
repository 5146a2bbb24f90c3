package io.decant.loadtest.chaos;

import io.decant.harness.MariaDbServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Entry of {@code chaos.sh}: plays the schedule on the world, keeps the server running, and compares at the end what
 * every source sent with what every sink has. Ends with an exception where they do not agree.
 */
public final class ChaosRun {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long SWEEP_MILLIS = 5_000;
    private static final long PROGRESS_MILLIS = 30_000;
    /** Batches of files that stay while the run goes on. */
    private static final int FILES_KEPT = 100;
    /** After a full disk was freed, a start that found it full may still end. */
    private static final long FULL_MILLIS_AFTER = 5_000;

    /** Something to be done at its time. */
    private record Task(long atMillis, Peer.Step step) {}

    private final ChaosOptions options;
    private final ChaosLog log;
    private final ChaosWorld world;
    private final ChaosEvents events;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::atMillis));
    private final List<String> faults = new ArrayList<>();
    private long sweepAt;
    private long progressAt;

    private ChaosRun(ChaosOptions options, ChaosLog log, ChaosWorld world) {
        this.options = options;
        this.log = log;
        this.world = world;
        this.events = new ChaosEvents(options, log, world, this::after);
    }

    /** Options as {@link ChaosOptions} has them. */
    public static void main(String[] arguments) throws Exception {
        ChaosOptions options = ChaosOptions.parse(arguments);
        Files.createDirectories(options.work());
        List<String> faults;
        try (ChaosLog log = new ChaosLog(System.out, options.work().resolve("chaos.log"))) {
            log.say("seed " + options.seed() + ", " + options.lengthMillis() / 1_000 + " s, disk " + options.disk()
                    + (options.earlier().isPresent() ? ", begins with an earlier version" : ""));
            try (ChaosWorld world = new ChaosWorld(options)) {
                faults = new ChaosRun(options, log, world).run();
            } catch (MariaDbServer.UnavailableException e) {
                System.out.println("skipped: " + e.getMessage());
                return;
            }
            faults.forEach(fault -> log.say("FAULT " + fault));
            log.say(faults.isEmpty() ? "the ledger agrees" : faults.size() + " faults; seed " + options.seed());
        }
        if (!faults.isEmpty()) {
            throw new IllegalStateException(faults.size() + " faults");
        }
    }

    private void after(long millis, Peer.Step step) {
        tasks.add(new Task(log.millis() + millis, step));
    }

    private List<String> run() throws Exception {
        long start = log.millis();
        for (ChaosEvent event : ChaosSchedule.of(options.seed(), options.lengthMillis()).events()) {
            tasks.add(new Task(start + event.atMillis(), () -> events.perform(event)));
        }
        world.server.start();
        world.senders.forEach(ChaosSender::start);
        while (!tasks.isEmpty() || log.millis() - start < options.lengthMillis()) {
            Task task = tasks.peek();
            if (task != null && log.millis() >= task.atMillis()) {
                tasks.remove(task);
                task.step().run();
            } else {
                tend();
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        log.say("the schedule is over: " + events.summary());
        events.heal();
        faults.addAll(new ChaosVerdict(options, log, world, this::tend).faults(events.extraAdded()));
        return faults;
    }

    /** Keeps the server running and the disk small. */
    private void tend() throws IOException {
        if (!world.server.isAlive()) {
            ended();
        }
        long now = log.millis();
        if (now >= sweepAt) {
            world.files.sweep(FILES_KEPT);
            sweepAt = log.millis() + SWEEP_MILLIS;
        }
        if (now >= progressAt) {
            synchronized (world.apiParts) {
                log.say(world.sentTotal() + " records sent, " + world.acknowledged() + " acknowledged; api has "
                        + world.apiLedger.records() + " in " + world.apiParts.batches() + " batches, "
                        + world.apiParts.repeats() + " requests repeated; files have " + world.filesLedger.records()
                        + " in " + world.files.batches() + " batches; " + world.server.starts() + " starts");
            }
            progressAt = now + PROGRESS_MILLIS;
        }
    }

    /** The server has ended by itself. */
    private void ended() throws IOException {
        int status = world.server.status();
        String last = world.server.log();
        if (last.contains("'extra' was removed from the settings")) {
            log.say("  the sink extra still has undelivered data: it stays");
            events.putExtraBack();
        } else if (events.isDiskFull() || log.millis() - events.freedAtMillis() < FULL_MILLIS_AFTER) {
            log.say("  the server does not start on the full disk (status " + status + "), again in a second");
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        } else {
            faults.add("the server ended by itself with status " + status + ", " + last);
            log.say("FAULT the server ended by itself with status " + status + ", " + last);
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
        world.server.start();
    }
}
