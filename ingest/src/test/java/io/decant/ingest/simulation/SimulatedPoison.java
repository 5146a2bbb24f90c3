package io.decant.ingest.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformedBatch;
import io.decant.ingest.batch.Extraction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Records, in a share of the seeds, that make the extraction of keys fail, or end the process, each time. */
final class SimulatedPoison {

    private static final int COPIES_MAX = 3;

    private final Set<String> records = new HashSet<>();
    private final int kind;
    int failures;

    SimulatedPoison(long seed, SimulatedSource source) {
        // Of its own, so that seeds without it stay what they were.
        Random random = new Random(seed * 0xD6E8_FEB8_6659_FD93L);
        kind = random.nextInt(4);
        if (random.nextInt(5) > 0) {
            return;
        }
        Map<String, Integer> counts = new HashMap<>();
        source.clients.forEach(client -> client.records.forEach(record -> counts.merge(record, 1, Integer::sum)));
        List<String> rare = counts.entrySet().stream()
                .filter(entry -> entry.getValue() <= COPIES_MAX)
                .map(Map.Entry::getKey)
                .sorted()
                .toList();
        for (int i = 0; i < 1 + random.nextInt(2) && !rare.isEmpty(); i++) {
            records.add(rare.get(random.nextInt(rare.size())));
        }
    }

    boolean isThere() {
        return !records.isEmpty();
    }

    Extraction in(Extraction extraction) {
        return isThere() ? new Poisoned(extraction) : extraction;
    }

    private final class Poisoned implements Extraction {
        private final Extraction extraction;

        private Poisoned(Extraction extraction) {
            this.extraction = extraction;
        }

        @Override
        public Assignment assign(Chunks chunks, Keying keying, boolean arrivals, boolean alone) {
            look(chunks, 0, chunks.records());
            return extraction.assign(chunks, keying, arrivals, alone);
        }

        @Override
        public TransformedBatch assignTransformed(Chunks chunks, Keying keying, boolean alone) {
            look(chunks, 0, chunks.records());
            return extraction.assignTransformed(chunks, keying, alone);
        }

        @Override
        public void probe(Chunks chunks, Keying keying, long from, long to) {
            extraction.probe(chunks, keying, from, to);
            look(chunks, from, to);
        }

        @Override
        public void stop() {
            extraction.stop();
        }
    }

    private void look(Chunks chunks, long from, long to) {
        if (texts(chunks).subList((int) from, (int) to).stream().anyMatch(records::contains)) {
            failures++;
            switch (kind) {
                case 0 -> throw new IllegalStateException("poison");
                case 1 -> throw new StackOverflowError("poison");
                case 2 -> throw new OutOfMemoryError("poison");
                default -> throw new SimulatedDisk.Crash();
            }
        }
    }

    private static List<String> texts(Chunks chunks) {
        List<String> texts = new ArrayList<>();
        for (int chunk = 0; chunk < chunks.size(); chunk++) {
            byte[] bytes = new byte[chunks.length(chunk)];
            Memory.copyToArray(chunks.address(chunk), bytes, 0, bytes.length);
            if (chunks.isFramed(chunk)) {
                for (int i = 0; i < chunks.records(chunk); i++) {
                    texts.add("");
                }
            } else {
                texts.addAll(new String(bytes, UTF_8).lines().toList());
            }
        }
        return texts;
    }
}
