package io.decant.ingest.simulation;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.sink.hdfs.SimulatedFiles;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What must be true in the end, when all is delivered: every record that was acknowledged has come to every sink once,
 * in order, in buckets without duplicates, or lies among the dead letters.
 */
final class SimulationVerdict {

    private final KeyMode mode;
    private final SimulatedSource source;
    private final SimulatedTopic topic;
    private final SimulatedFeatures features;
    private final Map<String, SimulatedReceiver> receivers;
    private final SimulatedDeadLetters deadLetters;

    SimulationVerdict(
            KeyMode mode,
            SimulatedSource source,
            SimulatedTopic topic,
            SimulatedFeatures features,
            Map<String, SimulatedReceiver> receivers,
            SimulatedDeadLetters deadLetters) {
        this.mode = mode;
        this.source = source;
        this.topic = topic;
        this.features = features;
        this.receivers = receivers;
        this.deadLetters = deadLetters;
    }

    /** @throws AssertionError with the first thing that is wrong */
    void verify() {
        TreeMap<String, Integer> expected = new TreeMap<>();
        source.clients.forEach(client -> client.records.forEach(record -> expected.merge(record, 1, Integer::sum)));
        topic.records().forEach(record -> expected.merge(record, 1, Integer::sum));
        features.inputs.forEach(input -> input.records().forEach(record -> expected.merge(record, 1, Integer::sum)));
        List<DeadLetter> letters = deadLetters.filed();
        List<DeadLetter> everDead = new ArrayList<>(letters);
        everDead.addAll(deadLetters.replayed());
        everDead.forEach(topic::verify);
        receivers.forEach((name, receiver) -> {
            if (name.equals(SimulatedSettings.COUNTS)) {
                verifyCounts(receiver, expected, letters, everDead);
                return;
            }
            List<DeadLetter> dead = ofSink(name, letters);
            List<String> delivered = receiver.verified(mode, ofSink(name, everDead), batchesOfOthers(name, everDead));
            List<String> passed = new ArrayList<>(delivered);
            dead.forEach(letter -> passed.add(KeyMode.text(letter)));
            // Set aside for every sink.
            ofSink("", letters).forEach(letter -> passed.add(KeyMode.text(letter)));
            TreeMap<String, Integer> counts = new TreeMap<>();
            passed.stream()
                    .filter(record -> !record.startsWith("plain-"))
                    .forEach(record -> counts.merge(record, 1, Integer::sum));
            if (!counts.equals(expected)) {
                throw new AssertionError("rule 2: sink " + name + " got " + difference(counts, expected));
            }
            verifyOrder(name, neverDead(name, delivered));
            verifyConnections(name, passed);
        });
        features.delivered().forEach((name, delivered) -> {
            verifyEffects(name, delivered, expected, letters);
            if (name.equals(SimulatedFiles.NAME)) {
                verifyOrder(name, neverDead(name, delivered));
            }
        });
        Map<Long, Long> records = new TreeMap<>();
        receivers
                .get("archive")
                .recordsByBatch(mode, ofSink("archive", everDead))
                .forEach((batch, counts) -> records.put(
                        batch,
                        counts.values().stream().mapToLong(Long::longValue).sum()));
        features.verifyPrinted(records);
    }

    /** What a sink leaves behind that is no receiver: each record has had its effect once, or is a dead letter. */
    private static void verifyEffects(
            String name, List<String> delivered, Map<String, Integer> expected, List<DeadLetter> letters) {
        Map<String, Integer> counts = new TreeMap<>();
        delivered.forEach(record -> counts.merge(record, 1, Integer::sum));
        ofSink(name, letters).forEach(letter -> counts.merge(KeyMode.text(letter), 1, Integer::sum));
        ofSink("", letters).forEach(letter -> counts.merge(KeyMode.text(letter), 1, Integer::sum));
        counts.keySet().removeIf(record -> record.startsWith("plain-"));
        if (!counts.equals(expected)) {
            throw new AssertionError("rule 2: sink " + name + " has " + difference(counts, expected));
        }
    }

    /** Of each batch the counts are those of the records that another sink got; together they are all records. */
    private void verifyCounts(
            SimulatedReceiver counts,
            Map<String, Integer> records,
            List<DeadLetter> letters,
            List<DeadLetter> everDead) {
        Map<Long, Map<String, Long>> byBatch = counts.counted();
        Map<Long, Map<String, Long>> recordsByBatch =
                receivers.get("archive").recordsByBatch(mode, ofSink("archive", everDead));
        byBatch.forEach((batch, counted) -> {
            if (!counted.equals(recordsByBatch.get(batch))) {
                throw new AssertionError(
                        "counts of batch " + batch + ": " + counted + " of records " + recordsByBatch.get(batch));
            }
        });
        Map<String, Long> expected = new TreeMap<>();
        records.forEach((record, times) -> expected.merge(mode.keyOf(record), (long) times, Long::sum));
        Map<String, Long> all = new TreeMap<>();
        byBatch.values().forEach(counted -> counted.forEach((key, count) -> all.merge(key, count, Long::sum)));
        ofSink("", letters).forEach(letter -> all.merge(mode.keyOf(KeyMode.text(letter)), 1L, Long::sum));
        all.keySet().removeIf(key -> key.startsWith("plain-"));
        if (!all.equals(expected)) {
            throw new AssertionError("counts: " + all + " instead of " + expected);
        }
    }

    private static List<DeadLetter> ofSink(String name, Collection<DeadLetter> letters) {
        return letters.stream().filter(letter -> letter.sink().equals(name)).toList();
    }

    private Set<Long> batchesOfOthers(String name, List<DeadLetter> everDead) {
        Set<Long> others = new HashSet<>();
        everDead.stream().filter(letter -> !letter.sink().equals(name)).forEach(letter -> others.add(letter.batch()));
        receivers.forEach((other, receiver) -> {
            if (!other.equals(name)) {
                others.addAll(receiver.batches());
            }
        });
        return others;
    }

    /** What was delivered without being sent again: only that is in the order of the sources. */
    private List<String> neverDead(String name, List<String> delivered) {
        Set<String> again = new HashSet<>();
        ofSink(name, deadLetters.replayed()).forEach(letter -> again.add(KeyMode.text(letter)));
        // Those that were set aside, or not transformed, are sent again to every sink.
        ofSink("", deadLetters.replayed()).forEach(letter -> again.add(KeyMode.text(letter)));
        return delivered.stream().filter(record -> !again.contains(record)).toList();
    }

    private static String difference(Map<String, Integer> counts, Map<String, Integer> expected) {
        List<String> wrong = new ArrayList<>();
        Set<String> all = new TreeSet<>(expected.keySet());
        all.addAll(counts.keySet());
        for (String record : all) {
            int got = counts.getOrDefault(record, 0);
            int sent = expected.getOrDefault(record, 0);
            if (got != sent) {
                wrong.add(record + " " + got + " times instead of " + sent);
            }
        }
        return String.join(", ", wrong.subList(0, Math.min(10, wrong.size()))) + " (" + wrong.size() + " differ)";
    }

    /** A key's versions from one client arrive in the order in which it sent them. */
    private void verifyOrder(String sink, List<String> delivered) {
        if (mode == KeyMode.RECORD) {
            return;
        }
        Map<String, Integer> last = new TreeMap<>();
        for (String record : delivered) {
            if (!record.startsWith("plain-")) {
                String[] fields = mode.fields(record);
                int sequence = Integer.parseInt(fields[2]);
                Integer before = last.put(fields[0] + "," + fields[1], sequence);
                if (before != null && before >= sequence) {
                    throw new AssertionError("order: sink " + sink + " got " + record + " after " + before);
                }
            }
        }
    }

    /** Of a connection, all that was acknowledged is there, once, and what more is there is the next that it sent. */
    private void verifyConnections(String sink, List<String> delivered) {
        Map<String, List<String>> byName = new TreeMap<>();
        delivered.stream().filter(record -> record.startsWith("plain-")).forEach(record -> byName.computeIfAbsent(
                        record.substring(0, record.indexOf(',')), n -> new ArrayList<>())
                .add(record));
        for (SimulatedSource.Connection connection : source.connections) {
            List<String> got = byName.getOrDefault(connection.name, List.of());
            List<String> sent = new ArrayList<>();
            for (int i = 0; i < got.size(); i++) {
                sent.add(connection.record(i));
            }
            List<String> sorted = new ArrayList<>(got);
            Collections.sort(sorted);
            Collections.sort(sent);
            if (got.size() < connection.acknowledged || got.size() > connection.sent || !sorted.equals(sent)) {
                throw new AssertionError("sink " + sink + " got " + got + " of " + connection.name + ", which sent "
                        + connection.sent + " and had " + connection.acknowledged + " acknowledged");
            }
        }
    }
}
