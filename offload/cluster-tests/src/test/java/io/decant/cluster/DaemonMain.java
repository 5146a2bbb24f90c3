package io.decant.cluster;

import java.io.IOException;
import java.util.Arrays;

/**
 * Runs one of Hadoop's daemons as long as somebody holds the other end of standard input. So none outlives the test's
 * JVM, however that ends; what the daemon itself has started, a node manager's containers, goes with it.
 */
final class DaemonMain {

    private DaemonMain() {}

    /** @param arguments the daemon's main class, and its own arguments */
    public static void main(String[] arguments) throws Exception {
        Thread leash = new Thread(DaemonMain::endWithParent, "leash");
        leash.setDaemon(true);
        leash.start();
        Class<?> daemon = Class.forName(arguments[0]);
        String[] rest = Arrays.copyOfRange(arguments, 1, arguments.length);
        daemon.getMethod("main", String[].class).invoke(null, (Object) rest);
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
