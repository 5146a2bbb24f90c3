package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The disk under the server: a plain folder, or a filesystem of its own that can be filled, or one whose power can be
 * cut. {@code chaos-disk.sh} does what needs root. Used by one thread.
 */
final class ChaosDisk implements AutoCloseable {

    /** What it can do. */
    enum Kind {
        /** Neither be filled nor be cut. */
        FOLDER,
        /** Be filled. */
        LOOP,
        /** Be filled, and lose its power. */
        POWER_CUT
    }

    private final Kind kind;
    private final Path work;
    private final List<String> script;

    private ChaosDisk(Kind kind, Path work, List<String> script) {
        this.kind = kind;
        this.work = work;
        this.script = script;
    }

    /**
     * Makes it, empty.
     *
     * @param script how {@code chaos-disk.sh} is called; empty for a folder
     * @param harness of the power cuts; empty for none
     * @param filesystem for {@code mkfs}
     */
    static ChaosDisk make(Kind kind, Path work, List<String> script, String harness, String filesystem, int megabytes)
            throws IOException, InterruptedException {
        Files.createDirectories(work);
        ChaosDisk disk = new ChaosDisk(kind, work, script);
        if (kind == Kind.FOLDER) {
            Files.createDirectories(disk.root());
        } else {
            disk.run("start", Integer.toString(megabytes), filesystem, harness);
        }
        return disk;
    }

    Kind kind() {
        return kind;
    }

    /** Where its files are. */
    Path root() {
        return work.resolve("mnt");
    }

    /** Takes every block that is free. */
    void fill() throws IOException, InterruptedException {
        run("fill");
    }

    /** Gives them back. */
    void free() throws IOException, InterruptedException {
        run("free");
    }

    /**
     * The power goes: no request is answered any more.
     *
     * @param mode which unflushed writes survive: {@code none}, {@code all}, {@code subset}
     * @param requests so many more are served
     */
    void freeze(String mode, int seed, int requests) throws IOException, InterruptedException {
        run("freeze", mode, Integer.toString(seed), Integer.toString(requests));
    }

    /** Lets those end who wait for it. */
    void release() throws IOException, InterruptedException {
        run("release");
    }

    /** The power comes back; nobody may use the disk any more. */
    void revive() throws IOException, InterruptedException {
        run("revive");
    }

    private void run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(script);
        command.add(work.toString());
        command.addAll(List.of(words));
        Path output = work.resolve("disk-commands.log");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                .start();
        if (process.waitFor() != 0) {
            throw new IOException("the disk: " + String.join(" ", words) + ": " + Files.readString(output, UTF_8));
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (kind != Kind.FOLDER) {
            run("stop");
        }
    }
}
