package io.decant.offload.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the driver process is started.
 *
 * @param jars folder of its class path
 * @param words the command and its arguments
 * @param environment over that of the server
 */
public record DriverCommand(Path jars, List<String> words, Map<String, String> environment) {

    private static final String MAIN = "io.decant.spark.DriverMain";

    /** What Spark needs of the JDK's inside from Java 17 on: its own list ({@code org.apache.spark.launcher.JavaModuleOptions}). */
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
     */
    public static DriverCommand of(Path jars, long heapBytes, Optional<Path> hadoopConf, String host) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.add("-Xmx" + heapBytes);
        words.add("-XX:+ExitOnOutOfMemoryError");
        words.add("-XX:-UsePerfData");
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
        return new DriverCommand(jars, words, environment);
    }

    /**
     * Starts a process.
     *
     * @throws IOException if there is nothing to start
     */
    Process start() throws IOException {
        if (!Files.isDirectory(jars)) {
            throw new IOException("there is no Spark in " + jars + "; './decant run' puts it there");
        }
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
