package io.decant.loadtest.chaos;

import java.io.IOException;
import java.util.List;

/** Signals that Java does not send. */
final class Signals {

    private Signals() {}

    static void suspend(ProcessHandle process) throws IOException {
        send("STOP", process);
    }

    /** Nothing happens to one that was not suspended, or that has ended. */
    static void resume(ProcessHandle process) throws IOException {
        send("CONT", process);
    }

    static void suspend(List<ProcessHandle> processes) throws IOException {
        for (ProcessHandle process : processes) {
            suspend(process);
        }
    }

    static void resume(List<ProcessHandle> processes) throws IOException {
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
