package io.decant.offload.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.security.UserGroupInformation;

/** Why Hadoop's client cannot tell who runs it, in words that lead to the way out. */
public final class HadoopLogin {

    /** What the JDK's login says where the system has no name for the user. */
    private static final String NO_NAME = "invalid null input: name";

    /** What the JDK knows such a user as. */
    private static final String NAMELESS = "?";

    private static final String NAME_VARIABLE = "HADOOP_USER_NAME";

    private HadoopLogin() {}

    /**
     * Lets Hadoop's client work in a process whose user has no name, as in a container with a user id of its own: under
     * the name that {@code HADOOP_USER_NAME} gives, and without that, where only disks of this machine are used, under
     * one made of the user id. Does nothing where the user has a name. Must come before anything else of Hadoop.
     *
     * @param isLocal whether no cluster is used, to which the name would mean something
     * @throws IOException where the user has no name, and none may be made up
     */
    public static void ensure(Map<String, String> env, boolean isLocal) throws IOException {
        if (!NAMELESS.equals(System.getProperty("user.name"))) {
            return;
        }
        String given = env.getOrDefault(NAME_VARIABLE, "");
        if (given.isEmpty() && !isLocal) {
            throw new IOException(explained(new IOException(NO_NAME)).getMessage() + ", or set " + NAME_VARIABLE);
        }
        UserGroupInformation.setLoginUser(
                UserGroupInformation.createRemoteUser(given.isEmpty() ? user().replace(' ', '-') : given));
    }

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
