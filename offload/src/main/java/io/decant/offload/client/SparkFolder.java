package io.decant.offload.client;

import java.nio.file.Path;

/** Where the Spark side of this distribution lies. Stateless. */
public final class SparkFolder {

    private SparkFolder() {}

    /** {@code lib/spark}, beside the server's own jars, or what the system property {@code decant.spark} names. */
    public static Path path() {
        return Path.of(System.getProperty(
                "decant.spark",
                Path.of(System.getProperty("decant.home", "."), "lib", "spark").toString()));
    }
}
