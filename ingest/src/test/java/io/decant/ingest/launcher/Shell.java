package io.decant.ingest.launcher;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program as a person at a shell would, in a folder and with some environment. */
final class Shell {
    private static final int PATIENCE_SECONDS = 60;

    private final Path folder;
    private final Map<String, String> env = new HashMap<>();

    Shell(Path folder) {
        this.folder = folder;
    }

    /** Sets a variable, or takes it away where the value is null. */
    Shell with(String name, String value) {
        env.put(name, value);
        return this;
    }

    /** Starts the program and waits for its end. */
    Ended run(Object... command) {
        return start(command).end();
    }

    /** Starts the program. */
    Running start(Object... command) {
        try {
            Path out = Files.createTempFile(folder, "stdout", ".txt");
            Path err = Files.createTempFile(folder, "stderr", ".txt");
            ProcessBuilder builder = new ProcessBuilder(
                            List.of(command).stream().map(Object::toString).toList())
                    .directory(folder.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            env.forEach((name, value) -> {
                if (value == null) {
                    builder.environment().remove(name);
                } else {
                    builder.environment().put(name, value);
                }
            });
            return new Running(builder.start(), out, err);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command[0], e);
        }
    }

    /** A program that runs. */
    record Running(Process process, Path out, Path err) {
        /** By {@code kill -9}, and all that it started. */
        void kill() {
            List<ProcessHandle> children = process.descendants().toList();
            process.destroyForcibly();
            children.forEach(ProcessHandle::destroyForcibly);
        }

        Ended end() {
            try {
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError("still running after " + PATIENCE_SECONDS + " s: " + process.info());
                }
                return new Ended(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw new AssertionError("interrupted while waiting", e);
            }
        }
    }

    /** A program that ran. */
    record Ended(int status, String out, String err) {}
}
