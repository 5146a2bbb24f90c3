package io.decant.spark.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} says. */
public final class CommandVersion implements IVersionProvider {

    /** Written by the build, see the resources of the module's POM: the version, the commit. */
    private static final String RESOURCE = "/io/decant/spark/version.txt";

    @Override
    public String[] getVersion() throws IOException {
        try (InputStream in = CommandVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path: the build is broken");
            }
            List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return new String[] {"decant " + lines.get(0), "commit: " + lines.get(1)};
        }
    }
}
