package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;

/**
 * The number that tells one journal from another, made once and kept in {@code journal/id}: each entry carries it, and
 * each idempotency key begins with it. Stateless; the caller holds the data directory.
 */
public final class JournalId {

    static final String JOURNAL = "journal";
    /** Holds a repaired journal until it takes the place of the damaged one. */
    static final String REPAIRED = "repaired";

    private static final Pattern TEXT = Pattern.compile("[0-9a-f]{8}");

    private JournalId() {}

    /**
     * The id of the journal in a data directory; a directory without a journal gets one.
     *
     * @param random gives a new journal its id
     * @throws JournalException where there is a journal and its id cannot be read, or a repair of it was interrupted
     */
    public static int of(Path dataDir, RandomGenerator random) throws IOException {
        Path file = file(dataDir);
        if (Files.exists(file)) {
            // The process that made it may have been killed before it forced its name, and everything in the journal
            // carries the id.
            SegmentFiles.forceDirectory(file.getParent());
            SegmentFiles.forceDirectory(dataDir);
            return read(file);
        }
        if (Files.exists(file(dataDir.resolve(REPAIRED)))) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal under " + dataDir
                            + " is partly repaired; run 'decant journal repair' again to finish the repair");
        }
        if (!new SegmentFiles(dataDir).files().isEmpty()) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + file + " is missing; 'decant journal repair' reads it from the segments");
        }
        int id = random.nextInt();
        write(dataDir, id);
        SegmentFiles.forceDirectory(dataDir);
        return id;
    }

    /** Whether there is a journal, or one that an interrupted repair has written and not yet put in its place. */
    public static boolean isIn(Path dataDir) {
        return Files.exists(dataDir.resolve(JOURNAL)) || Files.exists(dataDir.resolve(REPAIRED));
    }

    static Path file(Path dataDir) {
        return dataDir.resolve(JOURNAL).resolve("id");
    }

    /** Writes the id durably, whatever was there before. */
    static void write(Path dataDir, int id) throws IOException {
        Path journal = dataDir.resolve(JOURNAL);
        OwnerOnly.createDurably(journal.toAbsolutePath(), dataDir.toAbsolutePath());
        Path fresh = journal.resolve("id.tmp");
        try (FileChannel out = OwnerOnly.open(
                fresh, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            out.write(StandardCharsets.US_ASCII.encode(text(id) + "\n"));
            out.force(true);
        }
        Files.move(fresh, file(dataDir), StandardCopyOption.ATOMIC_MOVE);
        SegmentFiles.forceDirectory(journal);
    }

    static int read(Path file) throws IOException {
        String text = Files.isRegularFile(file)
                ? new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).strip()
                : "";
        if (!TEXT.matcher(text).matches()) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + file
                            + " holds no id of 8 hex digits; 'decant journal repair' reads it from the segments");
        }
        return Integer.parseUnsignedInt(text, 16);
    }

    /** The id as it stands in files and idempotency keys. */
    public static String text(int id) {
        return String.format("%08x", id);
    }
}
