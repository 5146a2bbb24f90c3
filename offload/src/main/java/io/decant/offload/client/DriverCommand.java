package io.decant.offload.client;

import io.decant.bucketer.transform.StepTransform;
import io.decant.offload.files.ScratchDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the driver process is started.
 *
 * @param jars folder of its class path
 * @param words the command and its arguments
 * @param environment beside those variables of the server's that are in {@link #PASSED_ON}
 * @param scratch folder of what Spark writes for itself, nobody else's: made anew before each start, removed after each
 *     end ({@link ScratchDirectory})
 */
public record DriverCommand(Path jars, List<String> words, Map<String, String> environment, Path scratch) {

    /**
     * What a driver gets of the server's environment: what finds Java, Hadoop and Kerberos, and says in which language
     * and time zone. Settings refer to variables for secrets, so nothing is passed on because it is there.
     */
    static final Set<String> PASSED_ON = Set.of(
            "PATH",
            "HOME",
            "USER",
            "LOGNAME",
            "LANG",
            "LC_ALL",
            "LC_CTYPE",
            "TZ",
            "TMPDIR",
            "JAVA_HOME",
            "LD_LIBRARY_PATH",
            "HADOOP_HOME",
            "HADOOP_USER_NAME",
            "HADOOP_PROXY_USER",
            "HADOOP_TOKEN_FILE_LOCATION",
            "KRB5_CONFIG",
            "KRB5CCNAME",
            "SPARK_LOCAL_IP",
            "SPARK_LOCAL_HOSTNAME",
            // Of transforms, which the job repeats.
            StepTransform.SALT_VARIABLE);

    /**
     * A process inherits its mask, and Java cannot set its own: nobody else is to read what Spark writes to local
     * disks.
     */
    private static final List<String> PRIVATELY = List.of("/bin/sh", "-c", "umask 077 && exec \"$@\"", "sh");

    private static final Logger log = LoggerFactory.getLogger(DriverCommand.class);

    private static final String MAIN = "io.decant.spark.DriverMain";

    /**
     * What Spark needs of the JDK's inside from Java 17 on: its own list
     * ({@code org.apache.spark.launcher.JavaModuleOptions}).
     */
    private static final List<String> OPENS = List.of(
            "java.base/java.lang",
            "java.base/java.lang.invoke",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.net",
            "java.base/java.nio",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.base/java.util.concurrent.atomic",
            "java.base/jdk.internal.ref",
            "java.base/sun.nio.ch",
            "java.base/sun.nio.cs",
            "java.base/sun.security.action",
            "java.base/sun.util.calendar",
            "java.security.jgss/sun.security.krb5");

    public DriverCommand {
        words = List.copyOf(words);
        environment = Map.copyOf(environment);
    }

    /**
     * The driver of this distribution.
     *
     * @param jars {@code lib/spark} of the distribution
     * @param heapBytes of its JVM
     * @param hadoopConf folder of the Hadoop configuration, which YARN's containers get, too
     * @param host by which executors reach it; empty: found out
     * @param scratch see above
     */
    public static DriverCommand of(Path jars, long heapBytes, Optional<Path> hadoopConf, String host, Path scratch) {
        List<String> words = new ArrayList<>(PRIVATELY);
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-Xmx" + heapBytes);
        words.add("-XX:+ExitOnOutOfMemoryError");
        words.add("-XX:-UsePerfData");
        // What the JVM itself says, above all that its memory is exhausted: standard output is for answers.
        words.add("-XX:+DisplayVMOutputToStderr");
        OPENS.forEach(opened -> words.add("--add-opens=" + opened + "=ALL-UNNAMED"));
        words.add("-Djdk.reflect.useDirectMethodHandle=false");
        words.addAll(List.of("-cp", jars.resolve("*").toString(), MAIN));
        Map<String, String> environment = new LinkedHashMap<>();
        hadoopConf.ifPresent(folder -> {
            environment.put("HADOOP_CONF_DIR", folder.toString());
            environment.put("YARN_CONF_DIR", folder.toString());
        });
        if (!host.isEmpty()) {
            environment.put("SPARK_LOCAL_IP", host);
        }
        return new DriverCommand(jars, words, environment, scratch);
    }

    /**
     * The same with the mask of this process, for a driver that writes what others read. What it writes for itself lies
     * in its scratch folder, which is private all the same.
     */
    public DriverCommand withOwnMask() {
        List<String> own = words.subList(0, PRIVATELY.size()).equals(PRIVATELY)
                ? words.subList(PRIVATELY.size(), words.size())
                : words;
        return new DriverCommand(jars, own, environment, scratch);
    }

    /**
     * Starts a process.
     *
     * @throws IOException if there is nothing to start
     */
    Process start() throws IOException {
        if (!Files.isDirectory(jars)) {
            throw new IOException("Spark was not found in " + jars + "; './decant run' puts it there");
        }
        new ScratchDirectory(scratch).create();
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().keySet().retainAll(PASSED_ON);
        builder.environment().putAll(environment);
        return builder.start();
    }

    /**
     * Removes what a driver that has ended, however it did, has left; what cannot be removed waits for the next start.
     */
    void removeScratch() {
        try {
            new ScratchDirectory(scratch).remove();
        } catch (IOException e) {
            log.debug("{} cannot be removed yet", scratch, e);
        }
    }
}
