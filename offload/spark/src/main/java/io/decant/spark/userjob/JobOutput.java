package io.decant.spark.userjob;

import io.decant.offload.files.LocalFiles;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.JobManifest;
import io.decant.offload.layout.ManifestException;
import io.decant.spark.job.Filesystems;
import io.decant.spark.job.Publishing;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Where the output of one batch appears, and where attempts write before. An attempt has a directory of its own,
 *
 * <pre>
 * _staging/server=edge-1/journal=1a2b3c4d/sink=words/batch-42-&lt;random&gt;/
 *     attempt        a file that says that the directory is this attempt's
 *     output/        what the job writes, and the manifest; renamed at last
 * </pre>
 *
 * of which only {@code output} is published. A driver that its server has lost may still be at work in a directory that
 * is removed under it, and make it anew: without the file that was there, it publishes nothing. What is removed is
 * renamed first, since removing takes a while, and the other must not publish what is left meanwhile.
 *
 * <p>For one thread.
 */
final class JobOutput {

    private static final String MARKER = "attempt";
    private static final String OUTPUT = "output";
    private static final String REMOVED = "removed-";

    private final Configuration conf;
    private final FileSystem filesystem;
    private final Path root;
    private final Path attempts;
    private final String directory;
    private final String name;

    /**
     * @param root URI of the sink's directory
     * @param attempts directory below it for what is not whole
     * @param directory where the batch appears, below the root
     * @param batch its number
     */
    JobOutput(String root, String attempts, String directory, long batch, Configuration conf) throws IOException {
        this.conf = conf;
        this.root = new Path(URI.create(root));
        this.filesystem = Filesystems.of(this.root, conf);
        this.attempts = new Path(this.root, attempts);
        this.directory = directory;
        this.name = "batch-" + batch + "-" + UUID.randomUUID();
    }

    private Path target() {
        return new Path(root, directory);
    }

    /** URI of where the batch appears. */
    String uri() {
        return target().toString();
    }

    /**
     * Whether the batch is in its place.
     *
     * @param id of the batch, for the job
     * @throws ManifestException where something else is
     */
    boolean isPublished(String id) throws IOException {
        if (!filesystem.exists(target())) {
            return false;
        }
        Path manifest = new Path(target(), BatchNames.MANIFEST);
        JobManifest found;
        try (InputStream in = filesystem.open(manifest)) {
            found = JobManifest.read(in);
        } catch (FileNotFoundException e) {
            throw new ManifestException(target() + " has no " + BatchNames.MANIFEST + ": " + wayOut(), e);
        } catch (ManifestException e) {
            throw new ManifestException(manifest + " " + e.getMessage() + ": " + wayOut(), e);
        }
        if (!found.id().equals(id)) {
            throw new ManifestException(target() + " is not this batch, but " + found.id() + ": " + wayOut(), null);
        }
        return true;
    }

    private static String wayOut() {
        return "somebody else has put it there; move it away, and the batch takes its place";
    }

    /** Removes what other attempts have left, of whatever batch: a sink has one at a time. */
    void clean() throws IOException {
        if (!filesystem.exists(attempts)) {
            return;
        }
        for (FileStatus left : filesystem.listStatus(attempts)) {
            remove(left.getPath());
        }
    }

    /**
     * Begins this attempt.
     *
     * @return URI of the directory for the job's output, which is not there yet
     */
    String begin() throws IOException {
        filesystem.mkdirs(own());
        Publishing.write(filesystem, new Path(own(), MARKER), new byte[0]);
        return filesystem.makeQualified(output()).toString();
    }

    private Path own() {
        return new Path(attempts, name);
    }

    private Path output() {
        return new Path(own(), OUTPUT);
    }

    /**
     * Has what the job wrote appear, with its manifest, once all of it is durable.
     *
     * @return whether it did; if not, another attempt came first
     */
    boolean publish(JobManifest manifest) throws IOException {
        filesystem.mkdirs(output());
        Path file = new Path(output(), BatchNames.MANIFEST);
        if (filesystem.exists(file)) {
            throw new IOException("the job wrote a file " + BatchNames.MANIFEST + ", which is Decant's");
        }
        Publishing.write(filesystem, file, manifest.toJson());
        if (Filesystems.isLocal(filesystem)) {
            LocalFiles.forceContents(java.nio.file.Path.of(output().toUri().getPath()));
        }
        if (!filesystem.exists(new Path(own(), MARKER))) {
            throw new IOException(own() + " was removed by another driver while the job ran");
        }
        filesystem.mkdirs(target().getParent());
        return Publishing.publish(filesystem, output(), root, directory, conf);
    }

    /** Removes what is left of this attempt, and directories above that are empty. */
    void end() throws IOException {
        if (filesystem.exists(own())) {
            remove(own());
        }
        Path staging = new Path(root, BatchNames.STAGING);
        for (Path each = attempts; !each.equals(root) && !each.equals(staging.getParent()); each = each.getParent()) {
            if (!filesystem.exists(each) || filesystem.listStatus(each).length > 0) {
                return;
            }
            filesystem.delete(each, false);
        }
    }

    private void remove(Path left) throws IOException {
        Path removed =
                left.getName().startsWith(REMOVED) ? left : new Path(left.getParent(), REMOVED + UUID.randomUUID());
        if (removed.equals(left) || filesystem.rename(left, removed)) {
            filesystem.delete(removed, true);
        } else if (filesystem.exists(left)) {
            throw new IOException(left + " cannot be removed");
        }
    }
}
