package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Deserializer;

/**
 * Leaves bytes where they are, in the answer of the broker, until they are written into a block. It is also how a consumer tells
 * that its metadata came: it tells its deserializers.
 */
final class BufferDeserializer implements Deserializer<ByteBuffer>, ClusterResourceListener {

    private final Runnable metadataCame;

    BufferDeserializer(Runnable metadataCame) {
        this.metadataCame = metadataCame;
    }

    @Override
    public ByteBuffer deserialize(String topic, byte[] data) {
        return ByteBuffer.wrap(data);
    }

    @Override
    public ByteBuffer deserialize(String topic, Headers headers, ByteBuffer data) {
        return data;
    }

    @Override
    public void onUpdate(ClusterResource cluster) {
        metadataCame.run();
    }
}
