package io.decant.spark.command;

import io.decant.offload.lines.InputForm;
import io.decant.offload.lines.UnreadableInputException;
import io.decant.spark.job.Filesystems;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;

/**
 * Which of the input's files must be unpacked; what holds no lines is refused by name before Spark starts. Stateless.
 */
public final class PackedFiles {

    /** Files looked into at a time: one takes milliseconds on a cluster, and there may be thousands. */
    private static final int LOOKS_MAX = 16;

    private PackedFiles() {}

    /**
     * Looks into each.
     *
     * @return those that are gzip or zstd
     * @throws CommandException that names those which hold no lines
     */
    public static Set<FileStatus> among(List<FileStatus> files, Configuration conf)
            throws IOException, CommandException {
        List<Callable<InputForm>> looks = new ArrayList<>();
        files.forEach(file -> looks.add(() -> form(file, conf)));
        Set<FileStatus> packed = new HashSet<>();
        List<String> refused = new ArrayList<>();
        String why = "";
        ExecutorService executor = Executors.newFixedThreadPool(Math.max(1, Math.min(LOOKS_MAX, looks.size())));
        try {
            List<Future<InputForm>> forms = executor.invokeAll(looks);
            for (int i = 0; i < files.size(); i++) {
                try {
                    if (forms.get(i).get() != InputForm.LINES) {
                        packed.add(files.get(i));
                    }
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof UnreadableInputException known)) {
                        throw new IOException(
                                Names.of(files.get(i).getPath()) + ": cannot be read: "
                                        + e.getCause().getMessage(),
                                e.getCause());
                    }
                    why = refused.isEmpty() ? known.getMessage() : why;
                    refused.add(Names.of(files.get(i).getPath()));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            executor.shutdownNow();
        }
        if (!refused.isEmpty()) {
            throw new CommandException(
                    refused.size() == 1
                            ? why
                            : why + "; nor can these be read: " + Names.list(refused.subList(1, refused.size())));
        }
        return packed;
    }

    private static InputForm form(FileStatus file, Configuration conf) throws IOException {
        try (FSDataInputStream in = Filesystems.of(file.getPath(), conf).open(file.getPath())) {
            byte[] head = in.readNBytes(InputForm.HEAD_BYTES);
            return InputForm.of(Names.of(file.getPath()), head, head.length);
        }
    }
}
