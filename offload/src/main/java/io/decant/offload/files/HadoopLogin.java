package io.decant.offload.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Why Hadoop's client cannot tell who runs it, in words that lead to the way out. */
public final class HadoopLogin {

    /** What the JDK's login says where the system has no name for the user. */
    private static final String NO_NAME = "invalid null input: name";

    private HadoopLogin() {}

    /** The failure, or, where the process's user has no name, one that says so; it keeps the first as its cause. */
    public static IOException explained(IOException failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (String.valueOf(at.getMessage()).contains(NO_NAME)) {
                return new IOException(
                        "Hadoop's client needs the name of the user that runs this process, and " + user()
                                + " has none; add a line for it to /etc/passwd, or run as a user that has one",
                        failure);
            }
        }
        return failure;
    }

    private static String user() {
        try {
            return "user id " + Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
            // Not on Linux.
            return "it";
        }
    }
}
