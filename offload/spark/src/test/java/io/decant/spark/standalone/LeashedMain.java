package io.decant.spark.standalone;

import java.io.IOException;
import java.util.Arrays;

/** Runs a daemon of Spark's as long as somebody holds the other end of standard input. */
final class LeashedMain {

    private LeashedMain() {}

    /** @param arguments the daemon's main class, and its own arguments */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        Thread leash = new Thread(LeashedMain::endWithParent, "leash");
        leash.setDaemon(true);
        leash.start();
        Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                Arrays.copyOfRange(arguments, 1, arguments.length));
    }

    private static void endWithParent() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever said; only the end counts.
            }
        } catch (IOException e) {
            System.err.println("standard input failed, which is its end, too: " + e);
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(1);
    }
}
