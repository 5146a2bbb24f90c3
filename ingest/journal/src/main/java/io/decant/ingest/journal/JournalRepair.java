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
 * <p>What recovery does at a start by itself is done by recovery: cutting off a tail. Where there is more, the good
 * entries that some sink still has to get are written into a new journal ({@link JournalRebuild}), which takes the
 * place of the damaged one; that one goes to salvage whole. The new journal has a new id wherever a batch may have
 * become another than it was, since the id is part of every idempotency key: a key that a receiver has seen never comes
 * back with another body. Where the totals in the cuts prove that every undelivered batch is what it was, the id stays.
 *
 * <p>A journal that is whole can be given a new id in the same way ({@link #newId}).
 *
 * <p>It can be interrupted anywhere and run again: the damaged journal goes aside only when the new one is whole and
 * durable.
 */
public final class JournalRepair {

    private final Path dataDir;
    private final long segmentSize;
    private final RandomGenerator random;
    private final Changes changes;
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
                                    ? "would keep the whole damaged journal under salvage, and rewrite the undelivered"
                                            + " data that is intact, with a new journal id"
                                    : "would keep damaged files under salvage; undelivered batches and the journal's id"
                                            + " stay as they are"));
        }
    }

    /** Is told before each change to files, in the order of the changes. */
    interface Changes {
        void next(Path what);
    }

    /** What is to be done in a directory that no other process has. */
    private interface Work {
        Result run(JournalRepair repair) throws IOException;
    }

    private JournalRepair(Path dataDir, long segmentSize, RandomGenerator random, Changes changes) {
        this.dataDir = dataDir;
        this.segmentSize = segmentSize;
        this.random = random;
        this.changes = changes;
    }

    /**
     * Repairs the journal under {@code dataDir}.
     *
     * @param dataDir held by the caller
     * @param segmentSize bytes of the segments of a journal that has to be rewritten; larger where an old block
     *     needs it
     * @param random gives it a new id where it needs one
     * @throws JournalException where it is not for this version to repair, or where the disk does not take it
     */
    public static Result repair(Path dataDir, long segmentSize, RandomGenerator random) {
        return run(dataDir, segmentSize, random, what -> {}, "repaired", JournalRepair::repair);
    }

    /**
     * Gives a whole journal a new id, for a data directory that was restored from a copy: what is appended there now
     * would otherwise go out under keys that receivers may know with another body. Undelivered batches, marks, sessions
     * and Kafka positions are kept; the old journal goes to salvage whole. May be interrupted anywhere and run again,
     * like {@link #repair}.
     *
     * @param dataDir held by the caller
     * @return with the audit of the old journal
     * @throws JournalException where the journal is damaged, or where the disk does not take it
     */
    public static Result newId(Path dataDir, long segmentSize, RandomGenerator random) {
        return newId(dataDir, segmentSize, random, what -> {});
    }

    static Result newId(Path dataDir, long segmentSize, RandomGenerator random, Changes changes) {
        return run(dataDir, segmentSize, random, changes, "given a new id", JournalRepair::newId);
    }

    private static Result run(
            Path dataDir, long segmentSize, RandomGenerator random, Changes changes, String what, Work work) {
        try {
            return work.run(new JournalRepair(dataDir, segmentSize, random, changes));
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + dataDir + " cannot be " + what + ": " + e
                            + "; no data was lost; fix the cause and run the command again",
                    e);
        }
    }

    private Result newId() throws IOException {
        finishInterrupted();
        JournalImage image = JournalImage.open(dataDir);
        JournalReport before = JournalAudit.of(image);
        if (!before.isHealthy()) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal under " + dataDir
                            + " is damaged and cannot be given a new id; run 'decant journal verify' to see the"
                            + " damage and 'decant journal repair' first");
        }
        Rebuilt now = rebuild(image, before, false);
        done.add("the old journal is kept whole as " + now.kept());
        return new Result(before, JournalId.text(now.id()), done);
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
            // In one step: with a stray removed first, an interrupted repair would find nothing wrong and keep the
            // id.
            id = rebuildDamaged(image, before, false);
        } else if (!before.isHealthy()) {
            setStraysAside(image);
            if (!image.idTrouble().isEmpty()) {
                restoreId(image);
            }
            JournalImage rest = JournalImage.open(dataDir);
            id = rest.journalId();
            JournalReport left = JournalAudit.of(rest);
            if (!left.isHealthy()) {
                id = rebuildDamaged(rest, left, !left.isLossy());
            }
        }
        trim(id);
        return new Result(before, JournalId.text(id), done);
    }

    /** Ends what a repair before this one had begun: the new journal is whole once it has an id. */
    private void finishInterrupted() throws IOException {
        Path repaired = dataDir.resolve(JournalId.REPAIRED);
        if (!Files.exists(repaired)) {
            return;
        }
        if (!Files.exists(journal()) && Files.exists(JournalId.file(repaired))) {
            activate(repaired);
            done.add("finished the repair that was interrupted");
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
        Path file = JournalId.file(dataDir);
        if (Files.exists(file)) {
            done.add("the old " + file + " is kept as " + new SegmentFiles(dataDir).moveAside(file, "id"));
        }
        int id = image.segments().isEmpty() ? random.nextInt() : image.journalId();
        JournalId.write(dataDir, id);
        done.add(image.idTrouble() + "; it is " + JournalId.text(id) + " now"
                + (image.segments().isEmpty() ? ", a new one" : ", as the segments say"));
    }

    private int rebuildDamaged(JournalImage image, JournalReport report, boolean sameBatches) throws IOException {
        Rebuilt now = rebuild(image, report, sameBatches);
        done.add("the damaged journal is kept whole as " + now.kept());
        done.add(
                sameBatches
                        ? "undelivered data was rewritten, every batch unchanged"
                        : "undelivered data that is intact was rewritten, as journal " + JournalId.text(now.id())
                                + "; its idempotency keys are new, so receivers may get records again that they have");
        return now.id();
    }

    /** @param kept where the journal is that it took the place of */
    private record Rebuilt(int id, Path kept) {}

    private Rebuilt rebuild(JournalImage image, JournalReport report, boolean sameBatches) throws IOException {
        int id = image.journalId();
        while (!sameBatches && id == image.journalId()) {
            id = random.nextInt();
        }
        Path repaired = dataDir.resolve(JournalId.REPAIRED);
        changes.next(repaired);
        try (JournalRebuild rebuild = new JournalRebuild(image, report, repaired, segmentSize, id)) {
            rebuild.write();
        } catch (IOException | RuntimeException e) {
            deleteTree(repaired);
            throw e;
        }
        changes.next(JournalId.file(repaired));
        JournalId.write(repaired, id);
        JournalReport now = JournalAudit.of(repaired);
        if (!now.isHealthy()) {
            throw new JournalException(
                    JournalException.Kind.FAILED,
                    "journal: what was written under " + repaired + " cannot be read back (" + now.refusal()
                            + "); the existing journal is unchanged; check the disk, then run the command again");
        }
        SegmentFiles.forceDirectory(repaired);
        SegmentFiles.forceDirectory(dataDir);
        changes.next(journal());
        Path kept = new SegmentFiles(dataDir).moveAside(journal(), "journal-" + JournalId.text(image.journalId()));
        activate(repaired);
        return new Rebuilt(id, kept);
    }

    private void activate(Path repaired) throws IOException {
        changes.next(repaired);
        Files.move(repaired.resolve(JournalId.JOURNAL), journal(), StandardCopyOption.ATOMIC_MOVE);
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
        return dataDir.resolve(JournalId.JOURNAL);
    }

    private void deleteTree(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (DirectoryStream<Path> children = Files.newDirectoryStream(path)) {
                for (Path child : children) {
                    deleteTree(child);
                }
            }
        }
        changes.next(path);
        Files.deleteIfExists(path);
    }
}
