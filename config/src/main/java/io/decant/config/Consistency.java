package io.decant.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What sections must be to each other, for all types of sources and sinks. Each rule stands here with its reason. */
final class Consistency {
    /**
     * A block never crosses a segment's end, so up to a whole block of each segment stays empty: with blocks of one
     * largest record, an eighth at most is lost.
     */
    private static final int RECORDS_IN_SEGMENT_MIN = 8;
    /**
     * A control character takes six in JSON: a letter that could not be written into an empty folder would wait for
     * ever.
     */
    private static final int RECORDS_IN_DLQ_MIN = 8;
    /**
     * A segment is released as a whole, once it is no longer written to: with room for only one, sources would stay
     * paused permanently.
     */
    private static final int SEGMENTS_IN_BACKLOG_MIN = 2;

    private Consistency() {}

    static List<Conflict> conflicts(
            Map<String, SourceSettings> sources,
            JournalSettings journal,
            DeadLetterSettings dlq,
            Map<String, SinkSettings> sinks,
            AdminSettings admin) {
        List<Conflict> conflicts = new ArrayList<>();
        sources.forEach((name, source) -> {
            String path = path(Settings.SOURCES, name);
            largestRecord(path, source, journal).ifPresent(conflicts::add);
            conflicts.addAll(source.conflicts(path, journal));
            largestLetter(path, source, dlq).ifPresent(conflicts::add);
        });
        backlog(journal).ifPresent(conflicts::add);
        addSharedAddresses(sources, admin, conflicts);
        conflicts.addAll(admin.conflicts(Settings.ADMIN));
        sinks.forEach((name, sink) -> conflicts.addAll(sink.conflicts(path(Settings.SINKS, name))));
        addSharedDirectories(sinks, conflicts);
        return conflicts;
    }

    private static String path(NamedSections<?> sections, String name) {
        return Input.join(sections.key(), name);
    }

    private static Optional<Conflict> largestRecord(String path, SourceSettings source, JournalSettings journal) {
        DataSize maxRecord = source.maxRecord();
        DataSize segmentMin = new DataSize(RECORDS_IN_SEGMENT_MIN * maxRecord.bytes());
        if (journal.segmentSize().compareTo(segmentMin) >= 0) {
            return Optional.empty();
        }
        String recordKey = path + ".max-record";
        return Optional.of(Conflict.of(
                "journal.segment-size",
                journal.segmentSize(),
                recordKey,
                maxRecord,
                "does not fit: a segment of " + journal.segmentSize() + " is less than " + RECORDS_IN_SEGMENT_MIN
                        + " records of " + maxRecord,
                "set journal.segment-size to at least " + segmentMin + ", or lower " + recordKey));
    }

    private static Optional<Conflict> largestLetter(String path, SourceSettings source, DeadLetterSettings dlq) {
        DataSize maxRecord = source.maxRecord();
        DataSize sizeMin = new DataSize(RECORDS_IN_DLQ_MIN * maxRecord.bytes());
        if (dlq.maxSize().compareTo(sizeMin) >= 0) {
            return Optional.empty();
        }
        String recordKey = path + ".max-record";
        return Optional.of(Conflict.of(
                "dlq.max-size",
                dlq.maxSize(),
                recordKey,
                maxRecord,
                "does not fit: dead letters of " + dlq.maxSize() + " are less than " + RECORDS_IN_DLQ_MIN
                        + " records of " + maxRecord,
                "set dlq.max-size to at least " + sizeMin + ", or lower " + recordKey));
    }

    private static Optional<Conflict> backlog(JournalSettings journal) {
        DataSize backlogMin =
                new DataSize(SEGMENTS_IN_BACKLOG_MIN * journal.segmentSize().bytes());
        if (journal.maxBacklog().compareTo(backlogMin) >= 0) {
            return Optional.empty();
        }
        return Optional.of(Conflict.of(
                "journal.max-backlog",
                journal.maxBacklog(),
                "journal.segment-size",
                journal.segmentSize(),
                "does not fit: a backlog of " + journal.maxBacklog() + " is less than " + SEGMENTS_IN_BACKLOG_MIN
                        + " segments of " + journal.segmentSize(),
                "set journal.max-backlog to at least " + backlogMin + ", or lower journal.segment-size"));
    }

    private static void addSharedAddresses(
            Map<String, SourceSettings> sources, AdminSettings admin, List<Conflict> conflicts) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(comparable(admin.address()), "admin.address");
        sources.forEach((name, source) -> source.listensAt().ifPresent(address -> {
            String key = path(Settings.SOURCES, name) + ".address";
            String other = address.port() == 0 ? null : keys.putIfAbsent(comparable(address), key);
            if (other != null) {
                conflicts.add(Conflict.of(
                        key,
                        address,
                        other,
                        address,
                        "is the address of " + other + " and of " + key,
                        "give each its own, or port 0 for any free one"));
            }
        }));
    }

    /** A batch has one place: two sinks would find each other's and take it for their own. */
    private static void addSharedDirectories(Map<String, SinkSettings> sinks, List<Conflict> conflicts) {
        Map<String, String> keys = new LinkedHashMap<>();
        sinks.forEach((name, sink) -> sink.directory().ifPresent(directory -> {
            String key = path(Settings.SINKS, name) + "." + directory.key();
            String other = keys.putIfAbsent(directory.comparable(), key);
            if (other != null) {
                conflicts.add(Conflict.of(
                        key,
                        directory.uri(),
                        other,
                        directory.uri(),
                        "is the directory of " + other + " and of " + key,
                        "give each its own"));
            }
        }));
    }

    private static String comparable(HostPort address) {
        return address.toString().toLowerCase(Locale.ROOT);
    }
}
