package io.decant.ingest.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * SIGTERM, SIGINT and SIGHUP as a request to stop. The first one of any only says so. After it SIGTERM and SIGINT end
 * the process immediately, as the JVM does by default. SIGHUP does not: a terminal that is closed sends it twice (by
 * the shell and by the kernel), and systemd sends it right behind SIGTERM (SendSIGHUP), so it is no second wish of
 * anybody's. Where SIGHUP has another meaning ({@code decant run --on-hangup=reload}), it asks for that until the
 * process is stopping.
 *
 * <p>Why handlers and no shutdown hook: once the JVM shuts down because of a signal it ends with 128 + n, whatever a
 * hook has done, and a hook that halts instead would be a second place which ends the process. With a handler the
 * command returns its status as any other does.
 */
public final class StopSignal implements AutoCloseable {

    private static final String HANGUP = "HUP";
    private static final List<String> NAMES = List.of("TERM", "INT", HANGUP);
    private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

    private final CompletableFuture<String> received = new CompletableFuture<>();
    private final Map<Signal, SignalHandler> before = new HashMap<>();
    private final Optional<Runnable> onHangup;

    private StopSignal(Optional<Runnable> onHangup) {
        this.onHangup = onHangup;
    }

    /** Takes the signals over until {@link #close}. A signal that the process was started to ignore stays ignored. */
    public static StopSignal install() {
        return install(Optional.empty());
    }

    /**
     * The same.
     *
     * @param onHangup what SIGHUP asks for in place of a stop, on a thread that may block; throws nothing
     */
    public static StopSignal install(Optional<Runnable> onHangup) {
        StopSignal stop = new StopSignal(onHangup);
        for (String name : NAMES) {
            Signal signal = new Signal(name);
            try {
                stop.before.put(signal, Signal.handle(signal, stop::receive));
            } catch (IllegalArgumentException e) {
                // Under java -Xrs: the signal ends the process immediately, and what is undelivered waits in the
                // journal.
                log.warn("SIG{} cannot be handled; it stops the server without draining", name);
            }
        }
        return stop;
    }

    /** Completes with the signal's name when one has come. */
    public CompletableFuture<String> received() {
        return received.copy();
    }

    private void receive(Signal signal) {
        if (signal.getName().equals(HANGUP) && onHangup.isPresent() && !received.isDone()) {
            onHangup.get().run();
        } else if (received.complete("SIG" + signal.getName())) {
            giveBack();
        } else if (signal.getName().equals(HANGUP)) {
            log.info("SIGHUP changes nothing, since the process is stopping already; SIGTERM or SIGINT stops it"
                    + " immediately");
        }
    }

    /**
     * Gives the signals back to the JVM; but after a first one SIGHUP stays without effect until the process has ended.
     */
    @Override
    public void close() {
        giveBack();
    }

    private synchronized void giveBack() {
        if (received.isDone()) {
            before.keySet().removeIf(signal -> signal.getName().equals(HANGUP));
        }
        before.forEach(Signal::handle);
        before.clear();
    }
}
