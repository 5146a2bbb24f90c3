package io.decant.loadtest.chaos;

import io.decant.harness.DatabaseServer;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
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
    /** Two starts of three are waited for, or a server that starts slowly would never do anything else. */
    private static final int WAIT_WAYS = 3;

    private static final int WAIT_SHIFT = 20;
    private static final long WAIT_MILLIS_MAX = 60_000;
    /** After a full disk was freed, a start that found it full may still end. */
    private static final long FULL_MILLIS_AFTER = 5_000;

    /** Something to be done at its time. */
    private record Task(long atMillis, ChaosPeer.Step step) {}

    private final ChaosOptions options;
    private final ChaosLog log;
    private final ChaosWorld world;
    private final ChaosEvents events;
    private final PriorityQueue<Task> tasks = new PriorityQueue<>(Comparator.comparingLong(Task::atMillis));
    private final List<String> faults = new ArrayList<>();
    /** When the schedule's clock stopped; negative while it goes. */
    private long waitsSince = -1;

    private long waitedMillis;
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
        try (ChaosLog log = new ChaosLog(options.work().resolve("chaos.log"))) {
            log.say("seed " + options.seed() + ", " + options.lengthMillis() / 1_000 + " s, disk " + options.disk()
                    + (options.earlier().isPresent() ? ", begins with an earlier version" : ""));
            try (ChaosWorld world = new ChaosWorld(options, log)) {
                // Neither the server nor a disk outlives a run that is interrupted.
                Runtime.getRuntime().addShutdownHook(new Thread(() -> end(world), "end"));
                faults = new ChaosRun(options, log, world).run();
            } catch (DatabaseServer.UnavailableException e) {
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

    private static void end(ChaosWorld world) {
        try {
            world.close();
        } catch (IOException e) {
            System.err.println("chaos: " + e.getMessage());
        }
    }

    private void after(long millis, ChaosPeer.Step step) {
        tasks.add(new Task(log.millis() + millis, step));
    }

    private List<String> run() throws Exception {
        Deque<ChaosEvent> schedule = new ArrayDeque<>(
                ChaosSchedule.of(options.seed(), options.lengthMillis()).events());
        int scheduled = schedule.size();
        world.server.start();
        world.senders.forEach(ChaosSender::start);
        long start = log.millis();
        long end = start + options.lengthMillis();
        while (log.millis() < end) {
            Task task = tasks.peek();
            ChaosEvent event = schedule.peek();
            if (task != null && log.millis() >= task.atMillis()) {
                tasks.remove(task);
                task.step().run();
            } else if (event != null && !isWaiting() && log.millis() - start - waitedMillis >= event.atMillis()) {
                schedule.remove(event);
                play(event);
            } else {
                tend();
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
        while (!tasks.isEmpty()) {
            tasks.remove().step().run();
        }
        log.say((scheduled - schedule.size()) + " of " + scheduled + " events of the schedule");
        log.say("done: " + events.summary());
        events.heal();
        faults.addAll(new ChaosVerdict(options, log, world, this::tend).faults(events.extraAdded()));
        return faults;
    }

    private void play(ChaosEvent event) throws Exception {
        int starts = world.server.starts();
        events.perform(event);
        if (world.server.starts() > starts && event.way(WAIT_SHIFT, WAIT_WAYS) > 0) {
            waitsSince = log.millis();
        }
    }

    /** Whether the schedule's clock stands still, because the server starts. */
    private boolean isWaiting() throws IOException {
        if (waitsSince < 0) {
            return false;
        }
        long waited = log.millis() - waitsSince;
        if (waited < WAIT_MILLIS_MAX && !world.server.isReady()) {
            return true;
        }
        waitedMillis += waited;
        waitsSince = -1;
        return false;
    }

    /** Keeps the server running and the disk small. */
    private void tend() throws IOException {
        if (!world.server.isAlive() && !world.server.isClosed()) {
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
