package io.decant.loadtest.server;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Programs of the machine's own. */
public final class InstalledProgram {

    /** Where daemons are, which need not be in a user's path. */
    private static final String DAEMONS = "/usr/sbin";

    private InstalledProgram() {}

    /** Where a program is; empty where it is not installed. */
    public static Optional<Path> find(String name) {
        List<String> folders =
                new ArrayList<>(List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)));
        folders.add(DAEMONS);
        return folders.stream()
                .map(folder -> Path.of(folder.isEmpty() ? "." : folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
