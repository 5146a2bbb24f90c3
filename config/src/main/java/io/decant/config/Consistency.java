package io.decant.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What settings must be to each other. Each rule stands here with its reason. */
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
     * paused for ever.
     */
    private static final int SEGMENTS_IN_BACKLOG_MIN = 2;

    /**
     * Settings that cannot stand together.
     *
     * @param values the values at fault by their dotted keys; any of the keys may be the one to blame. They include
     *     every value that {@code text} or {@code wayOut} shows: one that came from a variable is taken out of there
     */
    record Conflict(Map<String, String> values, String text, String wayOut) {}

    private Consistency() {}

    static List<Conflict> conflicts(
            Map<String, SourceSettings> sources,
            JournalSettings journal,
            DeadLetterSettings dlq,
            Map<String, SinkSettings> sinks,
            AdminSettings admin) {
        List<Conflict> conflicts = new ArrayList<>();
        addLargestRecord(sources, journal, conflicts);
        addLargestLetter(sources, dlq, conflicts);
        addBacklog(journal, conflicts);
        addSharedAddresses(sources, admin, conflicts);
        addListedPartitions(sources, conflicts);
        addSessionsAnsweredAtTheEnd(sources, conflicts);
        sinks.forEach((name, sink) -> conflicts.addAll(ofSink("sinks." + name, sink)));
        conflicts.addAll(HdfsSinkRules.shared(sinks));
        return conflicts;
    }

    private static List<Conflict> ofSink(String path, SinkSettings sink) {
        if (sink instanceof HttpSinkSettings http) {
            return HttpSinkRules.conflicts(path, http);
        }
        return HdfsSinkRules.conflicts(path, (HdfsSinkSettings) sink);
    }

    private static void addLargestRecord(
            Map<String, SourceSettings> sources, JournalSettings journal, List<Conflict> conflicts) {
        sources.forEach((name, source) -> {
            DataSize maxRecord = source.maxRecord();
            String recordKey = "sources." + name + ".max-record";
            DataSize segmentMin = new DataSize(RECORDS_IN_SEGMENT_MIN * maxRecord.bytes());
            if (journal.segmentSize().compareTo(segmentMin) < 0) {
                conflicts.add(new Conflict(
                        pair("journal.segment-size", journal.segmentSize(), recordKey, maxRecord),
                        "does not fit: a segment of " + journal.segmentSize() + " is less than "
                                + RECORDS_IN_SEGMENT_MIN + " records of " + maxRecord,
                        "set journal.segment-size to at least " + segmentMin + ", or lower " + recordKey));
            }
            // A record that is never finished within the budget would never come in.
            if (source instanceof TcpSourceSettings && journal.unfinished().compareTo(maxRecord) < 0) {
                conflicts.add(new Conflict(
                        pair("journal.unfinished", journal.unfinished(), recordKey, maxRecord),
                        "does not fit: " + journal.unfinished() + " of unfinished lines cannot hold a record of "
                                + maxRecord,
                        "set journal.unfinished to at least " + maxRecord + ", or lower " + recordKey));
            }
        });
    }

    private static void addLargestLetter(
            Map<String, SourceSettings> sources, DeadLetterSettings dlq, List<Conflict> conflicts) {
        sources.forEach((name, source) -> {
            DataSize maxRecord = source.maxRecord();
            String recordKey = "sources." + name + ".max-record";
            DataSize sizeMin = new DataSize(RECORDS_IN_DLQ_MIN * maxRecord.bytes());
            if (dlq.maxSize().compareTo(sizeMin) < 0) {
                conflicts.add(new Conflict(
                        pair("dlq.max-size", dlq.maxSize(), recordKey, maxRecord),
                        "does not fit: dead letters of " + dlq.maxSize() + " are less than " + RECORDS_IN_DLQ_MIN
                                + " records of " + maxRecord,
                        "set dlq.max-size to at least " + sizeMin + ", or lower " + recordKey));
            }
        });
    }

    private static void addBacklog(JournalSettings journal, List<Conflict> conflicts) {
        DataSize backlogMin =
                new DataSize(SEGMENTS_IN_BACKLOG_MIN * journal.segmentSize().bytes());
        if (journal.maxBacklog().compareTo(backlogMin) < 0) {
            conflicts.add(new Conflict(
                    pair("journal.max-backlog", journal.maxBacklog(), "journal.segment-size", journal.segmentSize()),
                    "does not fit: a backlog of " + journal.maxBacklog() + " is less than " + SEGMENTS_IN_BACKLOG_MIN
                            + " segments of " + journal.segmentSize(),
                    "set journal.max-backlog to at least " + backlogMin + ", or lower journal.segment-size"));
        }
    }

    private static void addSharedAddresses(
            Map<String, SourceSettings> sources, AdminSettings admin, List<Conflict> conflicts) {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put(comparable(admin.address()), "admin.address");
        sources.forEach((name, source) -> {
            if (source instanceof TcpSourceSettings tcp) {
                HostPort address = tcp.address();
                String key = "sources." + name + ".address";
                String other = address.port() == 0 ? null : keys.putIfAbsent(comparable(address), key);
                if (other != null) {
                    conflicts.add(new Conflict(
                            pair(key, address, other, address),
                            "is the address of " + other + " and of " + key,
                            "give each its own, or port 0 for any free one"));
                }
            }
        });
    }

    /** Which partitions a member of a group has is for the group to say. */
    private static void addListedPartitions(Map<String, SourceSettings> sources, List<Conflict> conflicts) {
        sources.forEach((name, source) -> {
            if (source instanceof KafkaSourceSettings kafka
                    && kafka.assignment() == PartitionAssignment.GROUP
                    && !kafka.partitions().isEmpty()) {
                conflicts.add(new Conflict(
                        pair(
                                "sources." + name + ".partitions",
                                kafka.partitions(),
                                "sources." + name + ".assignment",
                                "group"),
                        "does not fit: with assignment: group the partitions are shared among the members",
                        "remove partitions, or set assignment: own"));
            }
        });
    }

    /** A connection that breaks never comes to its end, and that is when a session is needed. */
    private static void addSessionsAnsweredAtTheEnd(Map<String, SourceSettings> sources, List<Conflict> conflicts) {
        sources.forEach((name, source) -> {
            if (source instanceof TcpSourceSettings tcp
                    && tcp.session() == SessionMode.REQUIRED
                    && tcp.ack() == AckMode.END) {
                conflicts.add(new Conflict(
                        pair("sources." + name + ".ack", "end", "sources." + name + ".session", "required"),
                        "does not fit: the sender of a session must learn what is durable while it sends, and ack: end"
                                + " says it only after the end of its input",
                        "write ack: count, or remove ack"));
            }
        });
    }

    private static String comparable(HostPort address) {
        return address.toString().toLowerCase(Locale.ROOT);
    }

    private static Map<String, String> pair(String key, Object value, String otherKey, Object otherValue) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put(key, value.toString());
        values.put(otherKey, otherValue.toString());
        return values;
    }
}
