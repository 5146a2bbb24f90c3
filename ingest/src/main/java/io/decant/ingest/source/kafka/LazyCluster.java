package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;

/** Opens a cluster at its first use, again and again where it fails: a host that is not known today may be tomorrow. For one thread. */
final class LazyCluster implements Cluster {

    private final Supplier<Cluster> opener;

    /** Null until it could be opened. */
    private Cluster opened;

    LazyCluster(Supplier<Cluster> opener) {
        this.opener = opener;
    }

    @Override
    public Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame) {
        return opened().newConsumer(metadataCame);
    }

    @Override
    public CompletableFuture<Map<String, Topic>> look(Collection<String> topics) {
        return opened().look(topics);
    }

    private Cluster opened() {
        if (opened == null) {
            opened = opener.get();
        }
        return opened;
    }

    @Override
    public void close() {
        if (opened != null) {
            opened.close();
        }
    }
}
