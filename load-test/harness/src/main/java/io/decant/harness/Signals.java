package io.decant.harness;

import java.io.IOException;
import java.util.List;

/** Signals that Java does not send. */
public final class Signals {

    private Signals() {}

    /** Has it stand still. */
    public static void suspend(ProcessHandle process) throws IOException {
        send("STOP", process);
    }

    /** Nothing happens to one that was not suspended, or that has ended. */
    public static void resume(ProcessHandle process) throws IOException {
        send("CONT", process);
    }

    /** Has all of them stand still. */
    public static void suspend(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            suspend(process);
        }
    }

    /** Nothing happens to those that were not suspended, or that have ended. */
    public static void resume(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            resume(process);
        }
    }

    private static void send(String signal, ProcessHandle process) throws IOException {
        try {
            int unused = new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while a signal was sent", e);
        }
    }
}
