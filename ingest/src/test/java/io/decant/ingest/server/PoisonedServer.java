package io.decant.ingest.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.Memory;
import io.decant.bucketer.TransformedBatch;
import io.decant.config.SettingsLoader;
import io.decant.ingest.batch.Extraction;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.journal.ChronicleSegmentStore;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A server as a process of its own in which the extraction of a record's key uses up the heap, as no record does that
 * is known: started with the path of its settings, it ends when it is killed, or as a full heap has it end.
 */
public final class PoisonedServer {

    static final String POISON = "poison";

    private PoisonedServer() {}

    /** @param args the settings' file */
    public static void main(String[] args) throws InterruptedException {
        var settings = SettingsLoader.load(Path.of(args[0]), List.of(), Map.of());
        Server.start(
                settings,
                Set.of(),
                Optional.empty(),
                ChronicleSegmentStore::new,
                new FileDeadLetterStore(settings.dataDir()),
                extraction -> new Poisoned(extraction, PoisonedServer::fillHeap));
        Thread.currentThread().join();
    }

    private static void fillHeap() {
        Object[] all = {};
        while (true) {
            Object[] more = new Object[1 << 18];
            more[0] = all;
            all = more;
        }
    }

    /** Fails at each record that begins with {@value #POISON}. */
    record Poisoned(Extraction extraction, Runnable failure) implements Extraction {

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

        private void look(Chunks chunks, long from, long to) {
            StringBuilder text = new StringBuilder();
            for (int chunk = 0; chunk < chunks.size(); chunk++) {
                byte[] bytes = new byte[chunks.length(chunk)];
                Memory.copyToArray(chunks.address(chunk), bytes, 0, bytes.length);
                text.append(new String(bytes, UTF_8));
            }
            if (text.toString().lines().skip(from).limit(to - from).anyMatch(line -> line.startsWith(POISON))) {
                failure.run();
            }
        }
    }
}
