package io.decant.offload.client;

import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one driver process: starts it for the first request, asks it regularly whether it is alive, ends it where it is
 * silent for too long, and starts another one for the next request that comes after its end, however that came about.
 * When to try again is for whoever hands requests in: each gets to know at once that it came to nothing.
 *
 * <p>A driver ends when its input does, so none outlives the server; the applications on YARN that one left behind are
 * ended by the next, by their tag.
 *
 * <p>Thread-safe.
 */
final class DriverSupervisor implements AutoCloseable {

    /** Further reasons to wait are not logged until a driver is ready; {@code /status} has the last one anyhow. */
    private static final int LOGGED_MAX = 64;

    private static final Logger log = LoggerFactory.getLogger(DriverSupervisor.class);

    private final DriverCommand command;
    private final SparkSettings settings;
    private final DriverDeadlines deadlines;
    private final String waiter;
    private final Consumer<String> driverLog;
    private final ScheduledExecutorService watch;
    private final Future<?> pinging;

    /** The driver that runs; null where none does. All guarded by this. */
    private DriverProcess driver;

    private boolean ready;
    private String application = "";
    private DriverAnswer.Progress progress;
    private String waitsFor = "";
    private String predicted = "";
    /** What drivers wait for that the log has, without details. */
    private final Set<String> logged = new HashSet<>();

    private long pings;
    private long pingedAtNanos;
    private boolean pingOpen;
    private boolean closed;
    private final Map<String, Submission<?>> submissions = new LinkedHashMap<>();

    private record Submission<A extends DriverAnswer>(
            DriverRequest request, Class<A> answer, CompletableFuture<A> future, Runnable began) {

        void complete(DriverAnswer with) {
            future.complete(answer.cast(with));
        }
    }

    /**
     * Starts nothing yet.
     *
     * @param waiter what waits where the driver does, for the log: "large batches wait"
     * @param driverLog gets each line of the driver's log, on a thread of the driver's
     */
    DriverSupervisor(
            DriverCommand command,
            SparkSettings settings,
            DriverDeadlines deadlines,
            String waiter,
            Consumer<String> driverLog) {
        this.command = command;
        this.settings = settings;
        this.deadlines = deadlines;
        this.waiter = waiter;
        this.driverLog = driverLog;
        this.watch = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "decant-driver-watch");
            thread.setDaemon(true);
            return thread;
        });
        long every = deadlines.pingEvery().toNanos();
        pinging = watch.scheduleWithFixedDelay(this::ping, every, every, TimeUnit.NANOSECONDS);
    }

    /**
     * Has a request done.
     *
     * @param id by which its answer names it
     * @param answer the kind of answer that says that it is done
     * @param began told that the driver has begun with it, where it says so; on a thread of the driver's
     * @return completes on a thread of the driver's; exceptionally with an {@link OffloadException}
     */
    synchronized <A extends DriverAnswer> CompletableFuture<A> submit(
            String id, DriverRequest request, Class<A> answer, Runnable began) {
        if (closed) {
            return CompletableFuture.failedFuture(new OffloadException("the server stops"));
        }
        Submission<A> submission = new Submission<>(request, answer, new CompletableFuture<>(), began);
        try {
            if (driver == null) {
                start();
            }
            if (ready) {
                driver.send(request);
            }
            submissions.put(id, submission);
        } catch (IOException e) {
            submission.future().completeExceptionally(new OffloadException(e.getMessage(), false, e));
        }
        return submission.future();
    }

    private void start() throws IOException {
        DriverProcess started = DriverProcess.start(command, new Listener(), driverLog);
        log.info("Spark driver started, process {}, master {}", started.pid(), settings.master());
        ready = false;
        pingOpen = false;
        driver = started;
        started.send(new DriverRequest.Start(settings));
    }

    private final class Listener implements DriverProcess.Listener {
        @Override
        public void answered(DriverProcess from, DriverAnswer answer) {
            Runnable told = take(from, answer);
            // Not under the lock: whoever waits may hand in the next one.
            told.run();
        }

        @Override
        public void gone(DriverProcess from, String why) {
            lost(from, why);
        }
    }

    private synchronized Runnable take(DriverProcess from, DriverAnswer answer) {
        if (from != driver) {
            return () -> {};
        }
        if (answer instanceof DriverAnswer.Ready started) {
            becomeReady(started.application());
        } else if (answer instanceof DriverAnswer.Pong) {
            pingOpen = false;
        } else if (answer instanceof DriverAnswer.Progress now) {
            progress = now;
            waitsFor = "";
        } else if (answer instanceof DriverAnswer.Waiting waiting) {
            waitFor(waiting.why());
        } else if (answer instanceof DriverAnswer.Done done) {
            return ended(done.job(), submission -> submission.complete(done));
        } else if (answer instanceof DriverAnswer.Began begun) {
            Submission<?> submission = submissions.get(begun.job());
            predicted = begun.predicted();
            waitsFor = "";
            return submission == null ? () -> {} : submission.began();
        } else if (answer instanceof DriverAnswer.Ran ran) {
            return ended(ran.job(), submission -> submission.complete(ran));
        } else if (answer instanceof DriverAnswer.Failed failed) {
            if (failed.job().equals(DriverAnswer.NO_JOB)) {
                driver.kill(failed.error());
            } else {
                OffloadException e = new OffloadException(failed.error(), failed.permanent(), null);
                return ended(failed.job(), submission -> submission.future().completeExceptionally(e));
            }
        }
        return () -> {};
    }

    /** It is said again and again while it lasts, with other details; the log has it once, until a driver is ready. */
    private void waitFor(String why) {
        int details = why.indexOf(": ");
        if (logged.size() < LOGGED_MAX && logged.add(details < 0 ? why : why.substring(0, details))) {
            log.info("{}: {}", waiter, why);
        }
        waitsFor = why;
    }

    private void becomeReady(String name) {
        waitsFor = "";
        logged.clear();
        ready = true;
        application = name;
        log.info("Spark driver is ready, application {}", name);
        try {
            for (Submission<?> waiting : submissions.values()) {
                driver.send(waiting.request());
            }
        } catch (IOException e) {
            driver.kill("cannot write to the driver: " + e.getMessage());
        }
    }

    private Runnable ended(String job, Consumer<Submission<?>> outcome) {
        progress = null;
        waitsFor = "";
        predicted = "";
        Submission<?> submission = submissions.remove(job);
        return submission == null ? () -> {} : () -> outcome.accept(submission);
    }

    private void lost(DriverProcess from, String why) {
        Map<String, Submission<?>> failed;
        synchronized (this) {
            if (from != driver) {
                return;
            }
            driver = null;
            ready = false;
            application = "";
            progress = null;
            waitsFor = "";
            predicted = "";
            failed = new LinkedHashMap<>(submissions);
            submissions.clear();
            if (!closed) {
                log.warn("Spark driver exited: {}", why);
            }
        }
        failed.values().forEach(submission -> submission.future().completeExceptionally(new OffloadException(why)));
    }

    /** Asks the driver whether it is alive, or ends it if it has not answered for too long. */
    private synchronized void ping() {
        if (driver == null) {
            return;
        }
        long now = System.nanoTime();
        if (pingOpen) {
            if (now - pingedAtNanos >= deadlines.pongWithin().toNanos()) {
                driver.kill("the driver did not answer for "
                        + deadlines.pongWithin().toMillis() / 1e3 + " s");
            }
            return;
        }
        pingOpen = true;
        pingedAtNanos = now;
        try {
            driver.send(new DriverRequest.Ping(Long.toString(++pings)));
        } catch (IOException e) {
            // It is ending, and will say why; or it stays silent.
            log.debug("cannot write to the driver", e);
        }
    }

    /** Says something to the driver that runs, if any does. */
    synchronized void tell(DriverRequest request) {
        if (driver != null) {
            try {
                driver.send(request);
            } catch (IOException e) {
                log.debug("cannot write to the driver", e);
            }
        }
    }

    /** Ends the driver that runs, if any does; what was asked of it fails. */
    synchronized void kill(String why) {
        if (driver != null) {
            driver.kill(why);
        }
    }

    /** How the driver is doing. */
    synchronized OffloaderStatus status() {
        if (driver == null) {
            return OffloaderStatus.STOPPED;
        }
        return new OffloaderStatus(
                ready ? OffloaderStatus.State.READY : OffloaderStatus.State.STARTING,
                application,
                Optional.ofNullable(progress),
                waitsFor,
                predicted);
    }

    @Override
    public void close() {
        pinging.cancel(false);
        watch.shutdown();
        DriverProcess last;
        synchronized (this) {
            closed = true;
            last = driver;
        }
        if (last != null) {
            last.stop(deadlines.stopWithin());
            lost(last, "the server stops");
        }
    }
}
