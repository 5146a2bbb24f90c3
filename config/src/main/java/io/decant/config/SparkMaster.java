package io.decant.config;

import java.util.List;
import java.util.regex.Pattern;

/** Where Spark runs, by the text that says so, as Spark has it. Stateless. */
public final class SparkMaster {

    /** The resource manager that the Hadoop configuration names. */
    public static final String YARN = "yarn";

    /** What the forms are, in messages. */
    static final String FORMS = "local[*], local[4], yarn or spark://host:7077";

    private static final String STANDALONE = "spark://";
    private static final String HOST_PORT = "([A-Za-z0-9_][A-Za-z0-9._-]*|\\[[0-9A-Fa-f:.]+]):[1-9][0-9]{0,4}";
    private static final Pattern LOCAL_FORM = Pattern.compile("local(\\[(\\*|[1-9][0-9]{0,3})])?");
    private static final Pattern STANDALONE_FORM =
            Pattern.compile(Pattern.quote(STANDALONE) + HOST_PORT + "(," + HOST_PORT + ")*");
    private static final int PORT_MAX = 65_535;

    private SparkMaster() {}

    /** Whether it is {@code local}, {@code local[*]}, {@code local[N]}, {@code yarn} or {@code spark://host:port}. */
    public static boolean isOne(String text) {
        if (isStandalone(text)) {
            return STANDALONE_FORM.matcher(text).matches()
                    && hostsAndPorts(text).stream().allMatch(SparkMaster::isPortInRange);
        }
        return isLocal(text) || isYarn(text);
    }

    /** Whether Spark runs in one process of this machine. */
    public static boolean isLocal(String text) {
        return LOCAL_FORM.matcher(text).matches();
    }

    /** Whether it runs on YARN. */
    public static boolean isYarn(String text) {
        return text.equals(YARN);
    }

    /** Whether it runs on a cluster of Spark's own, a standalone one. */
    public static boolean isStandalone(String text) {
        return text.startsWith(STANDALONE);
    }

    /**
     * The addresses of a standalone cluster's masters: one, or several of which one at a time is active.
     *
     * @return each {@code host:port}
     */
    public static List<String> hostsAndPorts(String standalone) {
        return List.of(standalone.substring(STANDALONE.length()).split(",", -1));
    }

    private static boolean isPortInRange(String hostAndPort) {
        return Integer.parseInt(hostAndPort.substring(hostAndPort.lastIndexOf(':') + 1)) <= PORT_MAX;
    }
}
