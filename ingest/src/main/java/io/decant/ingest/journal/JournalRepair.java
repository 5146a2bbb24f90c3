package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Makes a damaged journal one that {@code decant run} starts from, keeps every byte that it takes out of it under
 * {@code data-dir/salvage}, and says what is lost.
 *
 * <p>What recovery does at a start by itself is done by recovery: cutting off a tail. Where there is more, the good entries that some
 * sink still has to get are written into a new journal ({@link JournalRebuild}), which takes the place of the damaged one; that
 * one goes to salvage whole. The new journal has a new id wherever a batch may have become another than it was, since the id is
 * part of every idempotency key: a key that a receiver has seen never comes back with another body. Where the totals in the
 * cuts prove that every undelivered batch is what it was, the id stays.
 *
 * <p>It can be interrupted anywhere and run again: the damaged journal goes aside only when the new one is whole and durable.
 */
public final class JournalRepair {

    private final Path dataDir;
    private final long segmentSize;
    private final RandomGenerator random;
    private final List<String> done = new ArrayList<>();

    /**
     * What was done.
     *
     * @param before the audit that it acted on
     * @param id of the journal from now on
     * @param done a line for each thing; empty: there was nothing to do
     */
    public record Result(JournalReport before, String id, List<String> done) {

        public Result {
            done = List.copyOf(done);
        }

        /** What a repair would do about what an audit found. */
        public static Result planned(JournalReport report) {
            if (report.isHealthy()) {
                return new Result(report, report.id(), List.of());
            }
            return new Result(
                    report,
                    report.id(),
                    List.of(
                            report.isLossy()
                                    ? "would keep the damaged journal whole under salvage, and write what is undelivered and good anew,"
                                            + " with a new journal id"
                                    : "would keep what is damaged under salvage; every undelivered batch stays as it is, and so does"
                                            + " the journal's id"));
        }
    }

    private JournalRepair(Path dataDir, long segmentSize, RandomGenerator random) {
        this.dataDir = dataDir;
        this.segmentSize = segmentSize;
        this.random = random;
    }

    /**
     * Repairs the journal under {@code dataDir}.
     *
     * @param segmentSize bytes of the segments of a journal that has to be written anew; larger where an old block needs it
     * @param random gives it a new id where it needs one
     * @throws JournalException where a server has the directory, where it is not for this version to repair, or where the disk
     *     does not take it
     */
    public static Result repair(Path dataDir, long segmentSize, RandomGenerator random) {
        try (DataDirectory held = DataDirectory.openForRepair(dataDir)) {
            return new JournalRepair(held.path(), segmentSize, random).repair();
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + dataDir + " cannot be repaired: " + e
                            + "; nothing is lost by that, mend it and run it again",
                    e);
        }
    }

    private Result repair() throws IOException {
        finishInterrupted();
        JournalImage image = JournalImage.open(dataDir);
        JournalReport before = JournalAudit.of(image);
        for (JournalImage.Stray stray : image.strays()) {
            if (stray.verdict() == Verdict.NEWER) {
                throw new JournalException(
                        JournalException.Kind.FOREIGN,
                        "journal: " + stray.file() + " is " + stray.why() + "; start the newer version of Decant");
            }
        }
        int id = image.journalId();
        if (before.isLossy()) {
            // In one step: with a stray taken away first, an interrupted repair would find nothing wrong and keep the
            // id.
            id = rebuild(image, before, false);
        } else if (!before.isHealthy()) {
            setStraysAside(image);
            if (!image.idTrouble().isEmpty()) {
                restoreId(image);
            }
            JournalImage rest = JournalImage.open(dataDir);
            id = rest.journalId();
            JournalReport left = JournalAudit.of(rest);
            if (!left.isHealthy()) {
                id = rebuild(rest, left, !left.isLossy());
            }
        }
        trim(id);
        return new Result(before, DataDirectory.idText(id), done);
    }

    /** Ends what a repair before this one had begun: the new journal is whole once it has an id. */
    private void finishInterrupted() throws IOException {
        Path repaired = dataDir.resolve(DataDirectory.REPAIRED);
        if (!Files.exists(repaired)) {
            return;
        }
        if (!Files.exists(journal()) && Files.exists(DataDirectory.idFile(repaired))) {
            activate(repaired);
            done.add("ended the repair that was interrupted");
        } else {
            deleteTree(repaired);
        }
    }

    private void setStraysAside(JournalImage image) throws IOException {
        SegmentFiles files = new SegmentFiles(dataDir);
        for (JournalImage.Stray stray : image.strays()) {
            if (stray.verdict() != Verdict.GOOD) {
                Path kept = files.moveAside(
                        stray.file(), "stray-" + stray.file().getFileName().toString());
                done.add(stray.file() + " is " + stray.why() + "; kept as " + kept);
            }
        }
    }

    private void restoreId(JournalImage image) throws IOException {
        Path file = DataDirectory.idFile(dataDir);
        if (Files.exists(file)) {
            done.add("the old " + file + " is kept as " + new SegmentFiles(dataDir).moveAside(file, "id"));
        }
        int id = image.segments().isEmpty() ? random.nextInt() : image.journalId();
        DataDirectory.writeId(dataDir, id);
        done.add(image.idTrouble() + "; it is " + DataDirectory.idText(id) + " now"
                + (image.segments().isEmpty() ? ", a new one" : ", as the segments say"));
    }

    private int rebuild(JournalImage image, JournalReport report, boolean sameBatches) throws IOException {
        int id = image.journalId();
        while (!sameBatches && id == image.journalId()) {
            id = random.nextInt();
        }
        Path repaired = dataDir.resolve(DataDirectory.REPAIRED);
        try (JournalRebuild rebuild = new JournalRebuild(image, report, repaired, segmentSize, id)) {
            rebuild.write();
        } catch (IOException | RuntimeException e) {
            deleteTree(repaired);
            throw e;
        }
        DataDirectory.writeId(repaired, id);
        JournalReport now = JournalAudit.of(repaired);
        if (!now.isHealthy()) {
            throw new JournalException(
                    JournalException.Kind.FAILED,
                    "journal: what was written under " + repaired + " does not read back (" + now.refusal()
                            + "); the damaged journal is as it was, look at the disk, then run it again");
        }
        SegmentFiles.forceDirectory(repaired);
        SegmentFiles.forceDirectory(dataDir);
        Path kept =
                new SegmentFiles(dataDir).moveAside(journal(), "journal-" + DataDirectory.idText(image.journalId()));
        activate(repaired);
        done.add("the damaged journal is kept whole as " + kept);
        done.add(
                sameBatches
                        ? "what was undelivered is written anew, every batch as it was"
                        : "what was undelivered and good is written anew, as journal " + DataDirectory.idText(id)
                                + ": with its idempotency keys, which are new, receivers may see records again that they had");
        return id;
    }

    private void activate(Path repaired) throws IOException {
        Files.move(repaired.resolve(DataDirectory.JOURNAL), journal(), StandardCopyOption.ATOMIC_MOVE);
        SegmentFiles.forceDirectory(dataDir);
        deleteTree(repaired);
    }

    /** Has recovery do what it would at the next start: cut a tail off, and keep it. */
    private void trim(int id) throws IOException {
        if (new SegmentFiles(dataDir).files().isEmpty()) {
            return;
        }
        try (ChronicleSegmentStore store = new ChronicleSegmentStore(dataDir, segmentSize)) {
            new JournalRecovery(store, id, done::add).recover();
        }
    }

    private Path journal() {
        return dataDir.resolve(DataDirectory.JOURNAL);
    }

    private static void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    deleteTree(child);
                }
            }
        }
        Files.deleteIfExists(path);
    }
}
