package io.decant.spark;

import java.net.URISyntaxException;
import java.nio.file.Path;

/** Where this process has its classes from. Stateless. */
final class SparkJars {

    private SparkJars() {}

    /** The folder that the jar of this class lies in: {@code lib/spark} of the distribution. */
    static Path folder() {
        try {
            return Path.of(SparkJars.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException("the class path has an entry that is not a URI", e);
        }
    }
}
