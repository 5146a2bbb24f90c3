package io.decant.loadtest.cases;

import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.harness.BucketVerifier;
import io.decant.harness.Fingerprint;
import io.decant.harness.PartReceiver;
import io.decant.harness.Verdict;
import io.decant.loadtest.load.Flood;
import io.decant.loadtest.load.FloodOptions;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A round that is not measured: the same load, into a receiver that looks at every record. The server is then asked to
 * end, and so delivers all it has; rules 1 and 2, and the acknowledged count, must hold over everything that was sent.
 *
 * @param lines the verdict in words
 * @param held whether everything did
 */
record Verification(List<String> lines, boolean held) {

    /** For something that only takes a while. */
    static final long PATIENCE_SECONDS = 300;

    private static final int SECONDS = 2;
    /** The verifier looks at a record or two million a second. */
    private static final long BYTES_MAX = 512L << 20;

    /**
     * Loads a server and verifies.
     *
     * @param folder of the server; an existing journal is continued, and must have nothing undelivered
     */
    static Verification of(LoadTest test, Path folder, RecordPool pool, FloodOptions options, ServerSettings settings) {
        test.progress("verifying");
        Keying keying = Keying.wholeRecord(test.seed());
        KeyHasher hasher = keying.newHasher();
        try (BucketVerifier verifier = new BucketVerifier(keying.newHasher(), batch -> {});
                PartReceiver receiver = new PartReceiver(verifier, verifier::refused)) {
            InetSocketAddress address = receiver.address();
            String url = "http://" + address.getHostString() + ":" + address.getPort() + "/buckets";
            try (ServerUnderTest server =
                            ServerUnderTest.start(test.home(), folder, settings.with("sinks.far-end.url", url));
                    Flood flood = new Flood(server.source(), pool, options)) {
                flood.start();
                long recordsMax = BYTES_MAX / pool.shape().lineBytes();
                Wait.orEnough(TimeUnit.SECONDS.toNanos(SECONDS), () -> flood.sent() >= recordsMax);
                flood.stop();
                Wait.until(() -> server.acknowledged() >= flood.sent(), PATIENCE_SECONDS, "all is acknowledged");
                long acknowledged = server.acknowledged();
                server.drain();
                Fingerprint sent = pool.fingerprint(flood.chunks(), hasher);
                Verdict verdict = Verdict.of(sent, acknowledged, verifier.tally());
                return new Verification(verdict.lines(), verdict.held());
            }
        } catch (IOException e) {
            throw new LoadException("the verifying round broke off: " + e, e);
        }
    }
}
