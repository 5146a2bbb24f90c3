package io.decant.loadtest.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much later than asked Linux may wake a thread that sleeps for some time, so that it need not wake up for each
 * alone: 50 microseconds, unless the thread says otherwise. For a schedule that is half of a period. See
 * proc_pid_timerslack_ns(5).
 */
final class TimerSlack {

    private static final Path SELF = Path.of("/proc/thread-self");

    private TimerSlack() {}

    /**
     * Has the calling thread woken on time, as far as the system can; where that cannot be asked for, its lateness
     * shows.
     */
    static void shortest() {
        try {
            Path thread = Files.readSymbolicLink(SELF).getFileName();
            Files.writeString(Path.of("/proc", thread.toString(), "timerslack_ns"), "1");
        } catch (IOException | UnsupportedOperationException e) {
            System.getLogger(TimerSlack.class.getName()).log(System.Logger.Level.DEBUG, "no timer slack to set", e);
        }
    }
}
