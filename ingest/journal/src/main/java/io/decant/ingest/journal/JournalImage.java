package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal's files as they are found, mapped for reading, in whatever state they are. Changes nothing, needs no
 * lock, and may be taken beside the server that writes them: of the newest segment it shows what was there at one
 * moment. The mappings go with the collector.
 *
 * @param journalId that of the entries; 0 where there is none
 * @param idTrouble what is wrong with the file that names the id; empty where it is right
 * @param segments those of this journal, by base; of several with one base the one that reaches furthest
 * @param strays files that are no part of it
 * @param found all files
 */
record JournalImage(int journalId, String idTrouble, List<Segment> segments, List<Stray> strays, List<Found> found) {

    private static final Logger log = LoggerFactory.getLogger(JournalImage.class);

    /**
     * @param number by its name
     * @param base by its entries
     * @param end offset behind its last good entry
     * @param synced the highest synced position that one of its entries knows of
     */
    record Segment(Path file, long number, ByteBuffer bytes, long base, long end, long synced, int entries) {}

    /**
     * @param why it is no part of the journal
     * @param unreadable whether it cannot be known what was in it
     */
    record Stray(Path file, String why, Verdict verdict, boolean unreadable) {}

    /** A file as it lies there; the number is 0 where its name is not a segment's. */
    record Found(Path file, long number, ByteBuffer bytes) {}

    static JournalImage open(Path dataDir) throws IOException {
        String trouble = "";
        Integer named = null;
        Path idFile = JournalId.file(dataDir);
        try {
            if (Files.exists(idFile)) {
                named = JournalId.read(idFile);
            } else {
                trouble = new SegmentFiles(dataDir).files().isEmpty() ? "" : idFile + " is missing";
            }
        } catch (JournalException e) {
            trouble = idFile + " holds no id of 8 hex digits";
        }
        List<Found> found = new ArrayList<>();
        List<Stray> strays = new ArrayList<>();
        for (Path file : new SegmentFiles(dataDir).files()) {
            if (!Files.isRegularFile(file)) {
                strays.add(new Stray(file, "not a file", Verdict.BAD, true));
                continue;
            }
            try {
                long number = number(file);
                ByteBuffer bytes = MappedSegment.map(file, ChronicleSegmentStore.SEGMENT_BYTES_MAX)
                        .buffer();
                found.add(new Found(file, number, bytes));
            } catch (NoSuchFileException e) {
                log.debug("journal: {} was released meanwhile", file);
            }
        }
        return of(named, idFile, trouble, found, strays);
    }

    /** By its name; 0 where that is not a segment's. */
    static long number(Path file) {
        try {
            return SegmentNames.number(file);
        } catch (IOException e) {
            return 0;
        }
    }

    /** Sorts out what was found. */
    static JournalImage of(Integer named, Path idFile, String trouble, List<Found> found, List<Stray> strays) {
        Map<Integer, Integer> ids = new HashMap<>();
        for (Found file : found) {
            Integer id = idOf(file.bytes());
            if (id != null) {
                ids.merge(id, 1, Integer::sum);
            }
        }
        int id;
        if (named != null && (ids.isEmpty() || ids.containsKey(named))) {
            id = named;
        } else if (ids.size() == 1) {
            id = ids.keySet().iterator().next();
            trouble = trouble.isEmpty() ? idFile + " names " + JournalId.text(named) : trouble;
        } else if (ids.isEmpty()) {
            id = 0;
        } else {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: under " + idFile.getParent() + " lie segments of " + ids.size()
                            + " journals, and none that journal/id names; remove those that do not belong there");
        }
        return of(id, trouble, found, strays);
    }

    private static JournalImage of(int id, String trouble, List<Found> found, List<Stray> strays) {
        List<Segment> segments = new ArrayList<>();
        List<Stray> others = new ArrayList<>(strays);
        for (Found file : found) {
            EntryScanner entries = EntryScanner.wholeSegment(file.bytes(), id);
            int count = 0;
            long synced = 0;
            while (entries.next()) {
                count++;
                synced = Math.max(synced, entries.synced());
            }
            if (entries.stranger() != null) {
                others.add(new Stray(
                        file.file(),
                        entries.stranger() == Verdict.NEWER
                                ? "in a format newer than " + EntryCodec.FORMAT
                                : "of another journal",
                        entries.stranger(),
                        false));
            } else if (count == 0) {
                others.add(new Stray(
                        file.file(),
                        isZero(file.bytes()) ? "nothing but zeros" : "without a good entry",
                        isZero(file.bytes()) ? Verdict.GOOD : Verdict.BAD,
                        !isZero(file.bytes())));
            } else {
                segments.add(new Segment(
                        file.file(), file.number(), file.bytes(), entries.base(), entries.offset(), synced, count));
            }
        }
        segments.sort(Comparator.comparingLong(Segment::base)
                .thenComparing(Comparator.comparingInt(Segment::entries).reversed())
                .thenComparingLong(Segment::number));
        List<Segment> chain = new ArrayList<>();
        for (Segment segment : segments) {
            if (!chain.isEmpty() && chain.get(chain.size() - 1).base() == segment.base()) {
                others.add(new Stray(
                        segment.file(),
                        "a copy of " + chain.get(chain.size() - 1).file(),
                        Verdict.BAD,
                        false));
            } else {
                chain.add(segment);
            }
        }
        return new JournalImage(id, trouble, List.copyOf(chain), List.copyOf(others), List.copyOf(found));
    }

    private static boolean isZero(ByteBuffer bytes) {
        for (int i = 0; i + Integer.BYTES <= bytes.capacity(); i += Integer.BYTES) {
            if (bytes.getInt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    /** The id that the first good entry in there carries, whichever journal wrote it. */
    private static Integer idOf(ByteBuffer bytes) {
        EntryScanner entries = EntryScanner.wholeSegment(bytes, 0);
        boolean first = entries.next();
        return first || entries.stranger() == Verdict.FOREIGN ? EntryCodec.journalId(bytes, entries.content()) : null;
    }

    /** The highest position that an entry knows to have been synced. */
    long synced() {
        return segments.stream().mapToLong(Segment::synced).max().orElse(0);
    }

    /** Whether an unreadable file lies behind everything that is good: nothing tells what it held. */
    boolean strayBehind() {
        long newest = segments.stream().mapToLong(Segment::number).max().orElse(0);
        return strays.stream().anyMatch(stray -> stray.unreadable() && number(stray.file()) > newest);
    }

    /** Where the segment behind number {@code index} begins, or {@link Long#MAX_VALUE}. */
    long baseAfter(int index) {
        return index + 1 < segments.size() ? segments.get(index + 1).base() : Long.MAX_VALUE;
    }

    /** What stands in a segment, up to where the next one begins. */
    EntryScanner entries(int index) {
        Segment segment = segments.get(index);
        long next = baseAfter(index);
        return next == Long.MAX_VALUE
                ? EntryScanner.range(segment.bytes(), journalId, segment.base(), 0, segment.end())
                : EntryScanner.range(segment.bytes(), journalId, segment.base(), 0, next - segment.base());
    }

    /**
     * What the numbers of shapes mean in the segments of a {@link JournalImage}, each looked through once. Owned by one
     * thread.
     */
    static final class ImageShapes {

        private final JournalImage image;
        private final Map<Integer, Map<Integer, Shape>> bySegment = new HashMap<>();

        ImageShapes(JournalImage image) {
            this.image = image;
        }

        /**
         * The cut that a walk over a segment has come to; null where its shape is lost.
         *
         * @param index of the segment in the image
         */
        Cut cut(int index, EntryScanner entry) {
            return EntryCodec.getCut(entry.body(), entry.format(), number -> shape(index, number));
        }

        private Shape shape(int index, int number) {
            return bySegment.computeIfAbsent(index, this::shapes).get(number);
        }

        private Map<Integer, Shape> shapes(int index) {
            JournalImage.Segment segment = image.segments().get(index);
            Map<Integer, Shape> shapes = new HashMap<>();
            if (index + 1 < image.segments().size()
                    && image.segments().get(index + 1).number() == segment.number() + 1) {
                // What was held at the segment's end stands in the checkpoint behind it, too.
                shapes.putAll(ofCheckpoint(image.entries(index + 1)));
            }
            shapes.putAll(SegmentShapes.of(segment.bytes(), image.journalId()).all());
            return shapes;
        }

        private static Map<Integer, Shape> ofCheckpoint(EntryScanner entries) {
            SegmentShapes shapes = new SegmentShapes();
            while (entries.next() && entries.kind() == EntryKind.CHECKPOINT) {
                shapes.take(entries);
            }
            return shapes.all();
        }
    }
}
