package io.decant.ingest.admin;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What this build was made from. */
public final class BuildVersion {
    /** Written by the build, see the resources of the module's POM: the version, the commit. */
    private static final String RESOURCE = "version.txt";

    private BuildVersion() {}

    /** As in the POM, for instance {@code 0.1.0}. */
    public static String current() {
        return lines().get(0);
    }

    /** The commit in full, or {@code unknown} where the sources were not those of a Git checkout. */
    public static String commit() {
        return lines().get(1);
    }

    private static List<String> lines() {
        try (InputStream in = BuildVersion.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new IllegalStateException(RESOURCE + " is not on the class path: the build is broken");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + RESOURCE, e);
        }
    }
}
